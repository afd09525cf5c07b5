package bankfile

import (
	"fmt"
	"testing"
)

func BenchmarkMT940(b *testing.B) {
	stream(b, longFile{
		head: ":20:STARTUMSE\r\n:25:DE89370400440532013000\r\n:28C:00001/001\r\n:60F:C250101EUR0,00\r\n",
		foot: ":62F:C250131EUR0,00\r\n-\r\n",
		row: func(i int) string {
			return fmt.Sprintf(":61:2501150116CR1234,56NTRFNONREF//B%d\r\n"+
				":86:166?00GUTSCHRIFT?10931?20EREF+E-%[1]d?21SVWZ+Invoice %[1]d fo\r\n"+
				"r November?30COBADEFFXXX?31DE89370400440532013000?32Payee and Company\r\n", i)
		}}, nil)
}
