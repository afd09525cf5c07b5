package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"countinghouse/assets"
)

const (
	variantLight = theme.VariantLight
	variantDark  = theme.VariantDark
)

// The embedded faces; bold is Inter SemiBold.
var (
	regularFont = fyne.NewStaticResource("Inter-Regular.otf", assets.Regular())
	mediumFont  = fyne.NewStaticResource("Inter-Medium.otf", assets.Medium())
	boldFont    = fyne.NewStaticResource("Inter-SemiBold.otf", assets.SemiBold())
)

// Theme is the program's look for the toolkit: tokens, faces and sizes.
type Theme struct {
	fixed   bool
	variant fyne.ThemeVariant
}

// SystemTheme follows the system's light or dark setting.
func SystemTheme() *Theme { return &Theme{} }

// LightTheme is always light.
func LightTheme() *Theme { return &Theme{fixed: true, variant: variantLight} }

// DarkTheme is always dark.
func DarkTheme() *Theme { return &Theme{fixed: true, variant: variantDark} }

// Variant is the variant that is shown now: the theme's own if it is fixed, else the system's.
func Variant() fyne.ThemeVariant {
	settings := fyne.CurrentApp().Settings()
	if t, ok := settings.Theme().(*Theme); ok && t.fixed {
		return t.variant
	}
	if settings.ThemeVariant() == variantDark {
		return variantDark
	}
	return variantLight
}

var toolkitColors = map[fyne.ThemeColorName]Token{
	theme.ColorNameBackground:          Bg,
	theme.ColorNameForeground:          Text,
	theme.ColorNamePrimary:             Accent,
	theme.ColorNameFocus:               Accent,
	theme.ColorNameHyperlink:           Accent,
	theme.ColorNameForegroundOnPrimary: AccentText,
	theme.ColorNameButton:              Surface,
	theme.ColorNameInputBackground:     Surface,
	theme.ColorNameMenuBackground:      Surface,
	theme.ColorNameOverlayBackground:   Surface,
	theme.ColorNameInputBorder:         Ctl,
	theme.ColorNameDisabledButton:      Sunken,
	theme.ColorNameHeaderBackground:    Sunken,
	theme.ColorNameDisabled:            Muted,
	theme.ColorNamePlaceHolder:         Muted,
	theme.ColorNameSeparator:           CardLine,
	theme.ColorNameSelection:           AccentTint,
	theme.ColorNameHover:               Hover,
	theme.ColorNamePressed:             AccentTint,
	theme.ColorNameScrollBar:           ButtonLine,
	theme.ColorNameScrollBarBackground: Clear,
	theme.ColorNameShadow:              Clear, // no shadow anywhere; sheets paint their scrim
	theme.ColorNameSuccess:             StatusOK.Ink(),
	theme.ColorNameWarning:             StatusAttention.Ink(),
	theme.ColorNameError:               StatusBreak.Ink(),
	theme.ColorNameForegroundOnSuccess: Surface,
	theme.ColorNameForegroundOnWarning: Surface,
	theme.ColorNameForegroundOnError:   Surface,
}

// Color answers the toolkit; a fixed theme ignores the variant that is asked for.
func (t *Theme) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	if t.fixed {
		variant = t.variant
	}
	if token, ok := toolkitColors[name]; ok {
		return token.In(variant)
	}
	return theme.DefaultTheme().Color(name, variant)
}

// Font answers with Inter; monospaced and symbol text keep the toolkit's faces.
func (t *Theme) Font(style fyne.TextStyle) fyne.Resource {
	switch {
	case style.Monospace || style.Symbol:
		return theme.DefaultTheme().Font(style)
	case style.Bold:
		return boldFont
	}
	return regularFont
}

// Icon answers with the toolkit's icons, which only its own dialogs use.
func (t *Theme) Icon(name fyne.ThemeIconName) fyne.Resource {
	return theme.DefaultTheme().Icon(name)
}

var toolkitSizes = map[fyne.ThemeSizeName]float32{
	theme.SizeNameText:               13,
	theme.SizeNameCaptionText:        12,
	theme.SizeNameHeadingText:        19,
	theme.SizeNameSubHeadingText:     16,
	theme.SizeNamePadding:            4,
	theme.SizeNameInnerPadding:       8,
	theme.SizeNameInputRadius:        6,
	theme.SizeNameSelectionRadius:    4,
	theme.SizeNameInputBorder:        1,
	theme.SizeNameSeparatorThickness: 1,
	theme.SizeNameInlineIcon:         16,
	theme.SizeNameScrollBar:          10,
	theme.SizeNameScrollBarSmall:     4,
}

// Size answers with the design's sizes.
func (t *Theme) Size(name fyne.ThemeSizeName) float32 {
	if size, ok := toolkitSizes[name]; ok {
		return size
	}
	return theme.DefaultTheme().Size(name)
}

// presentTheme is the theme that the program has now, also after a switch; parts that override
// a size or a colour build on it.
type presentTheme struct{}

func (presentTheme) now() fyne.Theme { return fyne.CurrentApp().Settings().Theme() }

func (p presentTheme) Color(name fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	return p.now().Color(name, v)
}

func (p presentTheme) Font(s fyne.TextStyle) fyne.Resource { return p.now().Font(s) }

func (p presentTheme) Icon(n fyne.ThemeIconName) fyne.Resource { return p.now().Icon(n) }

func (p presentTheme) Size(n fyne.ThemeSizeName) float32 { return p.now().Size(n) }
