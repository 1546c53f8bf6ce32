from email.message import EmailMessage


def test_subject_people_body_and_attachments(read, shown):
    message = EmailMessage()
    message["Subject"] = "Re: SOC 2 report"
    message["From"] = "Ann <ann@example.com>"
    message["To"] = "bob@example.com"
    message["Date"] = "Tue, 05 Mar 2024 10:00:00 +0000"
    message.set_content("Dear Bob,\n\nOur report is of type II.\n")
    message.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="soc2.pdf")
    document = read("mail.eml", message.as_bytes())

    assert document.title == "Re: SOC 2 report"
    assert document.written.isoformat() == "2024-03-05"
    assert ("paragraph", "Our report is of type II.") in shown(document)
    assert document.warnings == ("attachments not read: soc2.pdf",)


def test_an_html_body_is_read(read):
    message = EmailMessage()
    message["Subject"] = "Hello"
    message.set_content("<p>Visible</p><script>no()</script>", subtype="html")

    document = read("mail.eml", message.as_bytes())

    assert "Visible" in document.text
    assert "no()" not in document.text
