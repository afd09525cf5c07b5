package world

import "strings"

// The fictional names. Some hold what a billing system writes as an entity, some letters beyond
// ASCII, since both have to survive every source and file.
var (
	firstNames = []string{"Aurelija", "Benas", "Björn", "Céline", "Daina", "Eglė", "Emma", "Fiona",
		"Giedrė", "Greta", "Hannah", "Ieva", "Iñigo", "Jonas", "Jürgen", "Kaspar", "Lea", "Liam",
		"Łukasz", "Marta", "Matti", "Milda", "Niamh", "Noël", "Oskar", "Paulius", "Rasa", "Rūta",
		"Saoirse", "Sofia", "Søren", "Tadas", "Ulrike", "Vaidotas", "Viktor", "Yara", "Žilvinas"}
	lastNames = []string{"Adomaitis", "Amberley", "Balčiūnas", "Bergström", "Brandt", "Cole",
		"D'Arcy", "Dąbrowski", "Ekström", "Farrow", "Ferrer", "Grün", "Harrow", "Hayes", "Ilves",
		"Jankauskas", "Kask", "Keller", "Lefèvre", "Lind", "Marsh", "Mikkelsen", "Moreau", "Müller",
		"Núñez", "O'Brien", "O'Shea", "Petrauskas", "Quist", "Rossi", "Schröder", "Stone",
		"Šimkus", "Thorne", "Urbonas", "Vance", "Virtanen", "Weiss", "Yates", "Žukauskas"}
	firmFronts = []string{"Amber", "Ashen", "Birch", "Bramble", "Cinder", "Copper", "Dovetail",
		"Elder", "Fennel", "Flint", "Gannet", "Harrowfen", "Hazel", "Iron", "Juniper", "Kestrel",
		"Lantern", "Lindenmoor", "Marrow", "Nettle", "Orrery", "Otter", "Pebble", "Quill", "Rowan",
		"Saffron", "Sallow", "Tallowgate", "Thistle", "Umber", "Vesper", "Willow", "Yarrow"}
	firmBacks = []string{"& Daughters", "& Sons", "Analytics", "Atelier", "Bakery", "Books",
		"Brûlée", "Ceramics", "Clinic", "Coffee", "Cycles", "Design", "Dental", "Farms", "Films",
		"Freight", "Gardens", "Guesthouse", "Instruments", "Joinery", "Kitchens", "Labs", "Law",
		"Maps", "Mills", "Music", "Nine", "Optics", "Press", "Robotics", "Sails", "Studio",
		"Systems", "Tools", "Travel", "Weavers", "Works", "Yarns"}
	firmForms = map[string][]string{
		"LT": {"UAB", "MB"}, "LV": {"SIA"}, "EE": {"OÜ"}, "DE": {"GmbH", "UG"}, "AT": {"GmbH"},
		"FI": {"Oy"}, "NL": {"B.V."}, "FR": {"SARL"}, "IE": {"Ltd"}, "ES": {"S.L."}, "IT": {"S.r.l."},
		"US": {"LLC", "Inc."}, "CA": {"Inc."}, "GB": {"Ltd", "LLP"},
		"IN": {"Pvt Ltd"}, "JP": {"K.K."}, "KW": {"W.L.L."},
	}
)

// country is where customers live: its weight among those of its currency, and the tax that a
// private person pays there, in hundredths of a percent.
type country struct {
	code   string
	weight int
	taxBPS int64
}

var countries = map[string][]country{
	"EUR": {{"LT", 34, 2100}, {"LV", 9, 2100}, {"EE", 8, 2400}, {"DE", 17, 1900}, {"AT", 4, 2000},
		{"FI", 6, 2550}, {"NL", 6, 2100}, {"FR", 6, 2000}, {"IE", 4, 2300}, {"ES", 3, 2100},
		{"IT", 3, 2200}},
	"USD": {{"US", 90, 0}, {"CA", 10, 0}},
	"GBP": {{"GB", 100, 0}},
	"INR": {{"IN", 100, 0}},
	"JPY": {{"JP", 100, 0}},
	"KWD": {{"KW", 100, 0}},
}

func (m *maker) country(currency string) country {
	n := m.r.IntN(100)
	list := countries[currency]
	for _, c := range list {
		if n -= c.weight; n < 0 {
			return c
		}
	}
	return list[0]
}

var folding = strings.NewReplacer("ą", "a", "č", "c", "ė", "e", "ę", "e", "į", "i", "š", "s", "ū", "u",
	"ų", "u", "ž", "z", "ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "é", "e", "è", "e", "ë", "e",
	"ñ", "n", "ú", "u", "û", "u", "ł", "l", "ø", "o", "ï", "i", "'", "", "&", "and", ".", "", " ", "-")

// slug is a name as it can stand in a domain.
func slug(name string) string { return folding.Replace(strings.ToLower(name)) }
