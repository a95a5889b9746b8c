"""The HTML elements into which clients put quotes and signatures, as CSS selectors."""

from chalicelib.domain.email.quoting.forms.row import Form

TALON, PLANER = "talon 1.4.4", "planer 1.2.0"

QUOTES = (
    Form("Apple Mail, Thunderbird, Proton", "any", "blockquote[type=cite]", TALON),
    Form("Gmail", "any", ".gmail_quote, .gmail_quote_container, .gmail_attr", TALON),
    Form("Yahoo", "any", ".yahoo_quoted, .yqt, #yahoo_quoted", "judgement"),
    Form("Thunderbird", "any", ".moz-cite-prefix", "judgement"),
    Form("Proton", "any", ".protonmail_quote", "judgement"),
    Form("Tuta", "any", ".tutanota_quote", "judgement"),
    Form("Zoho", "any", ".zmail_extra, .zmail_extra_hr", TALON),
    Form("NetEase", "any", "#isReplyContent, #ntes-pcmail-quote, .ntes-mailmaster-quote", "judgement"),
    Form(
        "QQ, exmail",
        "any",
        "includetail, #QQMailReplyHeader, .xm_mail_oringinal_describe",
        "judgement",
    ),
    Form("Foxmail", "any", ".foxdiv20, .FoxDiv20", "judgement"),
    Form("Sina, Sohu, 139", "any", "#origbody, #replyContent, .sohu_quote", "judgement"),
    Form("Aliyun", "any", ".alimail-quote, #alimail-quote", "judgement"),
    Form("Mail.ru", "any", ".mailru-blockquote, .mail-quote-collapse", "judgement"),
    Form("Outlook for Mac", "any", "#OLK_SRC_BODY_SECTION", TALON),
    Form("Spark", "any", "[name=messageReplySection]", "judgement"),
    Form("Front, Freshdesk", "any", ".front-blockquote, .freshdesk_quote", "judgement"),
)

TO_THE_END = (
    Form(
        "Outlook on the web, new Outlook", "any", "#appendonsend, #divRplyFwdMsg, #x_divRplyFwdMsg", "freescout tests"
    ),
    Form("new Outlook", "any", "#mail-editor-reference-message-container", PLANER),
    Form("Hotmail", "any", "hr#stopSpelling, #SkyDrivePlaceholder", TALON),
    Form("Outlook on phones", "any", "#ms-outlook-mobile-reference, #reply-intro", "judgement"),
    Form(
        "Outlook on phones",
        "any",
        ".ms-outlook-mobile-reference-message, #ms-outlook-mobile-reference-message",
        "judgement",
    ),
)
"""These elements begin a quote whose text is not inside them: everything behind them in the email belongs to it."""

SIGNATURES = (
    Form("Gmail", "any", ".gmail_signature, .gmail_signature_prefix", "judgement"),
    Form("Thunderbird", "any", ".moz-signature", "judgement"),
    Form("Outlook", "any", "#Signature, #ms-outlook-mobile-signature", "judgement"),
    Form("Apple Mail", "any", "#AppleMailSignature", "judgement"),
    Form("Yahoo", "any", ".ymail_android_signature, #ymail_android_signature", "judgement"),
    Form("Samsung", "any", "#composer_signature", "judgement"),
    Form("Proton", "any", ".protonmail_signature_block", "judgement"),
    Form("NetEase", "any", "#ntes-pcmac-signature, #ntes-pcmail-signature, .ntes-mailmaster-signature", "judgement"),
)
