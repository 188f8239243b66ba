"""What a file says of itself: once for old readers (the information dictionary), once as XMP; both say the same.

The XMP stands uncompressed, so that a program which cannot read PDF finds the certificate's number (`dc:identifier`)
and where it is verified (`dc:relation`: the address without the secret) in the plain bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

from portal.certificates.drawing.syntax import midnight, stream, text_string

if TYPE_CHECKING:
    from datetime import date

_PRODUCER: Final = "Training portal of Georgia's municipalities"
# PDF/A lets only those properties stand that it knows or that are described in place: PDF/UA's is described.
_XMP: Final = """\
<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<dc:identifier>{number}</dc:identifier>
<dc:relation><rdf:Bag><rdf:li>{address}</rdf:li></rdf:Bag></dc:relation>
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>ka</rdf:li><rdf:li>en</rdf:li></rdf:Bag></dc:language>
<xmp:CreateDate>{moment}</xmp:CreateDate>
<xmp:ModifyDate>{moment}</xmp:ModifyDate>
<pdf:Producer>{producer}</pdf:Producer>
<pdfaid:part>3</pdfaid:part>
<pdfaid:conformance>A</pdfaid:conformance>
<pdfuaid:part>1</pdfuaid:part>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Indicates, which part of ISO 14289 standard is followed</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""


@dataclass(frozen=True, slots=True)
class Description:
    """What a file is: `address` is where it is verified, without the secret; `day` the day of issue, for no clock is read."""

    title: str
    author: str
    subject: str
    number: str
    address: str
    day: date

    def information(self) -> bytes:
        """Write the information dictionary."""
        moment = midnight(self.day)
        entries = {
            "Title": self.title,
            "Author": self.author,
            "Subject": self.subject,
            "Producer": _PRODUCER,
            "CreationDate": moment,
            "ModDate": moment,
        }
        return b"<<%b>>" % b"".join(b"/%b%b" % (name.encode(), text_string(text)) for name, text in entries.items())

    def xmp(self) -> bytes:
        """Write the metadata stream."""
        said = {"title": self.title, "author": self.author, "subject": self.subject, "number": self.number, "address": self.address}
        packet = _XMP.format(
            **{name: escape(text) for name, text in said.items()},
            producer=_PRODUCER,
            moment=f"{self.day:%Y-%m-%d}T00:00:00+04:00",
        )
        return stream(b"/Type/Metadata/Subtype/XML", packet.encode())
