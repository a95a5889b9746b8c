"""The words that servers, lists and people write below an email."""

from chalicelib.domain.email.quoting.forms.row import Form

CRISP, REPLY = "crisp email-reply-parser 2.3.7", "mail-parser-reply 1.36"

FOOTERS = (
    Form(
        "servers",
        "en",
        "intended recipient|intended only for|is confidential and|are confidential and|confidentiality notice"
        "|confidential. if you|confidential and may|confidential or privileged|privileged and confidential|disclaimer:"
        "|received this email in error|received this e-mail in error|received this message in error|scanned for viruses|virus-free"
        "|consider the environment|registered in england",
        REPLY,
    ),
    Form(
        "Google Groups, Mailman",
        "en",
        "to unsubscribe|unsubscribe from|mailing list|you received this message because"
        "|you are receiving this because|to post to this group|view this message on the web|view it on github",
        "judgement",
    ),
    Form(
        "servers",
        "zh-CN",
        "本邮件及其附件|此邮件及其附件|含有保密信息|免责声明|机密信息|如果您错收|如果您误收|保密声明|取消订阅|退订邮件|请考虑环境",
        "judgement",
    ),
    Form(
        "servers",
        "zh-TW",
        "本郵件及其附件|本信件可能|機密資訊|免責聲明|保密聲明|非指定收件人|非指定之收件人|取消訂閱|誤收本",
        "judgement",
    ),
    Form(
        "servers",
        "de",
        "vertrauliche informationen|vertraulich und|rechtlich geschützte informationen|nicht der richtige adressat"
        "|nicht der beabsichtigte|irrtümlich erhalten|newsletter abbestellen|newsletter abmelden|sitz der gesellschaft|handelsregister"
        "|mailingliste|nur für den adressaten|nur für den empfänger bestimmt",
        "judgement",
    ),
    Form(
        "servers",
        "fr",
        "est confidentiel|sont confidentiel|informations confidentielles|strictement confidentiel|n'êtes pas le destinataire"
        "|message par erreur|se désabonner|vous désinscrire|liste de diffusion",
        "judgement",
    ),
    Form(
        "servers",
        "es",
        "información confidencial|es confidencial|no es el destinatario|no es usted el destinatario|mensaje por error"
        "|darse de baja|lista de correo|cancelar la suscripción|aviso legal|aviso de confidencialidad",
        "judgement",
    ),
    Form(
        "servers",
        "it",
        "informazioni riservate|informazioni confidenziali|è riservato|non siete il destinatario|non è il destinatario"
        "|messaggio per errore|annullare l'iscrizione|mailing list",
        "judgement",
    ),
    Form(
        "servers",
        "pt",
        "informações confidenciais|informação confidencial|é confidencial|não for o destinatário|não é o destinatário"
        "|mensagem por engano|mensagem por erro|cancelar a inscrição|lista de discussão|aviso legal",
        "judgement",
    ),
    Form(
        "servers",
        "nl",
        "is vertrouwelijk|zijn vertrouwelijk|vertrouwelijke informatie|niet de geadresseerde bent|niet de beoogde ontvanger"
        "|bericht ten onrechte|mailinglijst|uitschrijven voor",
        "judgement",
    ),
    Form(
        "servers",
        "pl",
        "informacje poufne|jest poufna|są poufne|nie jest adresatem|nie są państwo adresatem|adresatem tej wiadomości"
        "|lista dyskusyjna|wypisać się z listy",
        "judgement",
    ),
    Form(
        "servers",
        "sv, da, nb",
        "är konfidentiell|er fortrolig|fortrolige oplysninger|fortrolig informasjon|avsedda mottagaren"
        "|rette mottagaren|tilsigtede modtager|rette modtager|rette mottaker|tiltenkte mottaker|avregistrera dig|afmelde",
        "judgement",
    ),
    Form(
        "servers",
        "fi",
        "luottamuksellinen|luottamuksellista tietoa|tarkoitettu vastaanottaja|peruuta tilaus|postituslista",
        "judgement",
    ),
    Form(
        "servers",
        "cs",
        "důvěrné informace|je důvěrná|je důvěrný|zamýšleným příjemcem|zamýšlený příjemce|odhlásit odběr",
        "judgement",
    ),
    Form(
        "servers", "ko", "기밀 정보|수신인이 아닌|지정된 수신인|지정된 수신자|수신거부|수신 거부|잘못 수신", "judgement"
    ),
    Form("servers", "ja", "機密情報|秘密情報|誤って受信|受信者以外|配信停止|メーリングリスト|免責事項", "judgement"),
    Form("servers", "vi", "thông tin bảo mật|không phải là người nhận|người nhận dự định|hủy đăng ký", "judgement"),
    Form("servers", "th", "ข้อมูลที่เป็นความลับ|อีเมลนี้เป็นความลับ|ยกเลิกการสมัคร", "judgement"),
    Form(
        "servers",
        "id",
        "bersifat rahasia|bukan penerima yang dituju|penerima yang dituju|berhenti berlangganan",
        "judgement",
    ),
    Form(
        "servers",
        "ru",
        "конфиденциальн|не являетесь адресатом|предназначено только|отписаться от|от рассылки",
        "judgement",
    ),
    Form("servers", "uk", "конфіденційн|не є адресатом|призначене лише|відписатися від|від розсилки", "judgement"),
    Form("servers", "tr", "gizli bilgi|gizlidir|alıcısı değilseniz|abonelikten çık", "judgement"),
)
"""Phrases that servers and lists write below an email: a paragraph with one of them is theirs, and all below it."""

GREETINGS = (
    Form(
        "people",
        "en",
        "regards|best regards|kind regards|warm regards|best|best wishes|cheers|thanks|thank you|many thanks|sincerely|yours"
        "|yours sincerely|yours truly|thanks in advance|all the best|with regards|with kind regards|thx|take care|love",
        CRISP,
    ),
    Form(
        "people",
        "zh-CN, zh-TW",
        "谢谢|多谢|此致|敬礼|祝好|顺祝商祺|祝商祺|谢谢！|謝謝|多謝|敬祝|順頌商祺|祝好！",
        "judgement",
    ),
    Form(
        "people",
        "de",
        "mit freundlichen grüßen|mit freundlichem gruß|freundliche grüße|viele grüße|liebe grüße|beste grüße|grüße|gruß|mfg|lg|vg|danke|vielen dank",
        REPLY,
    ),
    Form(
        "people",
        "fr",
        "cordialement|bien cordialement|merci|merci d'avance|bien à vous|salutations|bonne journée|bonne soirée|sincères salutations",
        CRISP,
    ),
    Form("people", "es", "saludos|un saludo|saludos cordiales|atentamente|gracias|muchas gracias|cordialmente", REPLY),
    Form("people", "it", "cordiali saluti|saluti|distinti saluti|grazie|grazie mille|un saluto", REPLY),
    Form(
        "people",
        "pt",
        "atenciosamente|obrigado|obrigada|cumprimentos|com os melhores cumprimentos|abraços|grato|grata",
        "judgement",
    ),
    Form(
        "people",
        "nl",
        "met vriendelijke groet|met vriendelijke groeten|groeten|groet|mvg|bedankt|alvast bedankt",
        "judgement",
    ),
    Form("people", "pl", "pozdrawiam|z poważaniem|dziękuję|z góry dziękuję|pozdrowienia", "judgement"),
    Form(
        "people",
        "sv, da, nb",
        "med vänliga hälsningar|vänliga hälsningar|hälsningar|mvh|tack|med venlig hilsen|venlig hilsen|hilsen|tak|vennlig hilsen|med vennlig hilsen|takk",
        REPLY,
    ),
    Form("people", "fi", "terveisin|ystävällisin terveisin|kiitos|t.|yt.", "judgement"),
    Form("people", "cs", "s pozdravem|s úctou|děkuji|děkujeme", REPLY),
    Form("people", "ko", "감사합니다|고맙습니다|수고하세요", REPLY),
    Form("people", "ja", "よろしくお願いします|よろしくお願いいたします|ありがとうございます|敬具", "judgement"),
    Form(
        "people",
        "vi, th, id",
        "trân trọng|cảm ơn|xin cảm ơn|ขอบคุณ|ขอบคุณค่ะ|ขอบคุณครับ|terima kasih|salam|hormat saya",
        "judgement",
    ),
    Form("people", "ru, uk", "с уважением|спасибо|заранее спасибо|з повагою|дякую|всього найкращого", "judgement"),
    Form("people", "tr", "saygılarımla|teşekkürler|teşekkür ederim|iyi günler|sevgiler", "judgement"),
)
"""The words with which people end an email."""
