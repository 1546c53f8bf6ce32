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
    assert len(document.warnings) == 1
    assert document.warnings[0].startswith("attachments not read: soc2.pdf (found a damaged PDF")


def test_an_html_body_is_read(read):
    message = EmailMessage()
    message["Subject"] = "Hello"
    message.set_content("<p>Visible</p><script>no()</script>", subtype="html")

    document = read("mail.eml", message.as_bytes())

    assert "Visible" in document.text
    assert "no()" not in document.text


def message_with(subject, text):
    message = EmailMessage()
    message["Subject"] = subject
    message.set_content(text)
    return message


def test_an_attached_message_is_read_and_what_is_attached_to_that_is_named(read, shown):
    inner = message_with("Penetration tests", "Every April and October.")
    inner.add_attachment("deeper", filename="deeper.txt")
    outer = message_with("Fwd: tests", "See below.")
    outer.add_attachment(inner)
    outer.add_attachment(
        message_with("Saved", "As a file.").as_bytes(),
        maintype="application",
        subtype="octet-stream",
        filename="saved.eml",
    )
    document = read("fwd.eml", outer.as_bytes())

    assert shown(document) == [
        ("heading 1", "Fwd: tests"),
        ("paragraph", "See below."),
        ("heading 2", "Attached message: Penetration tests"),
        ("paragraph", "Every April and October."),
        ("heading 2", "Attached message: Saved"),
        ("paragraph", "As a file."),
    ]
    assert document.warnings == ("attachments not read: deeper.txt",)


def test_attached_files_are_read_by_their_type_below_their_name(read, shown):
    message = message_with("Papers", "Attached.")
    message.add_attachment("# Backups\n\n| Region | Days |\n|--|--|\n| EU | 90 |\n", filename="b.md")
    message.add_attachment("name,days\nlogs,30\n", subtype="csv", filename="c.csv")
    message.add_attachment(b"\x00\x01\x02", maintype="application", subtype="x", filename="d.bin")
    document = read("mail.eml", message.as_bytes())

    assert shown(document)[2:] == [
        ("heading 2", "Attachment: b.md"),
        ("heading 3", "Backups"),
        ("table", "Region | Days\nEU | 90"),
        ("heading 2", "Attachment: c.csv"),
        ("table", "name | days\nlogs | 30"),
    ]
    assert document.blocks[4].header_rows == 1
    assert document.warnings == (
        "attachments not read: d.bin (found bytes that are no text of any known kind)",
    )


def test_signature_and_notice_are_boilerplate_and_the_thread_below_is_not(read, shown):
    document = read(
        "answer.eml",
        "From: ann@larkspur.example\nSubject: Backups\n\n"
        "Backups are kept for 35 days.\n\n-- \nAnn Verhaege\nLarkspur AG, Zurich\n\n"
        "This e-mail is confidential and intended solely for the addressee.\n\n"
        "> Where are backups kept?\n",
    )

    assert shown(document)[2:] == [
        ("paragraph", "Backups are kept for 35 days."),
        ("boilerplate", "Ann Verhaege\nLarkspur AG, Zurich"),
        ("boilerplate", "This e-mail is confidential and intended solely for the addressee."),
        ("paragraph", "> Where are backups kept?"),
    ]
