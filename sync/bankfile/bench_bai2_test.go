package bankfile

import (
	"fmt"
	"testing"
)

func BenchmarkBAI2(b *testing.B) {
	stream(b, longFile{
		head: "01,BANK,US,261001,0600,1,,,2/\n02,US,BANK,1,261001,2359,EUR,2/\n03,123456789,EUR,010,0,,/\n",
		row: func(i int) string {
			return fmt.Sprintf("16,475,123456,V,261001,,B%d,C%d,Payee and Company,\n88,Invoice %d of October\n", i, i, i)
		}, foot: "49,,/\n98,,/\n99,,/\n"}, nil)
}
