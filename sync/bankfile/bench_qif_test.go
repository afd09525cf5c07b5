package bankfile

import (
	"fmt"
	"testing"
)

func BenchmarkQIF(b *testing.B) {
	stream(b, longFile{head: "!Type:Bank\n", row: func(i int) string {
		return fmt.Sprintf("D01/%02d/2025\nT-1,234.56\nN%d\nPPayee and Company\nMInvoice %d of January\n^\n",
			i%28+1, i, i)
	}}, nil)
}
