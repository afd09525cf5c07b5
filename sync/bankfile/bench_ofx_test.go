package bankfile

import (
	"fmt"
	"testing"
)

func BenchmarkOFX(b *testing.B) {
	stream(b, longFile{
		head: "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:USASCII\nCHARSET:1252\n\n" +
			"<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>EUR<BANKACCTFROM><ACCTID>1</BANKACCTFROM><BANKTRANLIST>\n",
		row: func(i int) string {
			return fmt.Sprintf("<STMTTRN>\n<TRNTYPE>DEBIT\n<DTPOSTED>202501%02d120000[-5:EST]\n<TRNAMT>-1234.56\n"+
				"<FITID>2025%d\n<NAME>Payee and Company\n<MEMO>Invoice %d of January\n</STMTTRN>\n", i%28+1, i, i)
		},
		foot: "</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n",
	}, nil)
}
