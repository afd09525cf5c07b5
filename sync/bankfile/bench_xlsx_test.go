package bankfile

import (
	"fmt"
	"io"
	"testing"

	"github.com/xuri/excelize/v2"
)

// BenchmarkXLSX counts the bytes of the sheet as it is unpacked, about six times those of the file.
func BenchmarkXLSX(b *testing.B) {
	parts := append(bookParts("", "Export"), part{"xl/sharedStrings.xml", `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>EUR</t></si></sst>`})
	stream(b, longFile{
		head: `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>` +
			cellTexts("Date", "Amount", "Currency", "Name", "Description", "Reference"),
		row: func(i int) string {
			return cellTexts(styled(1, fmt.Sprint(45000+i%300)), styled(2, fmt.Sprintf("-%d.%02d", i%977+1, i%100)),
				`<c t="s"><v>0</v></c>`, "Payee and Company", fmt.Sprintf("Invoice %d", i), fmt.Sprintf("R-%d", i))
		},
		foot: "</sheetData></worksheet>",
		pack: func(text []byte) []byte {
			return []byte(zipped(b, append(parts, part{"xl/worksheets/s1.xml", string(text)})...))
		},
	}, func(r io.Reader) error {
		x, err := excelize.OpenReader(r, excelize.Options{RawCellValue: true})
		if err != nil {
			return err
		}
		defer x.Close()
		rows, err := x.Rows("Export")
		for err == nil && rows.Next() {
			_, err = rows.Columns()
		}
		return err
	})
}
