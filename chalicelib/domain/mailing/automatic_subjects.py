"""How subjects of automatic answers begin, by language and where it was seen.

Mail programs put these words before the subject they answer, or alone. They count at the very beginning only, and with
a colon, a bracket or the end behind them: a person's "Re: 自动回复没有用" begins otherwise, and "out of office chair"
goes on.

Where from: MS: the words of Exchange and Outlook in that language, as known to us, not looked up one by one; QQ: QQ
Mail and exmail; NE: NetEase; Z: zammad, osTicket (their filters of automatic mail, 2024); G: what users of Gmail and
others choose; LN: Lotus Notes; J: judgement (docs/decisions/0011).
"""

PREFIXES: dict[str, tuple[tuple[str, str], ...]] = {
    "en": (
        ("Automatic reply", "MS"), ("Auto-reply", "Z"), ("Autoreply", "J"), ("Auto reply", "J"),
        ("Automated reply", "J"), ("Automatic response", "J"), ("Auto response", "J"), ("Auto-response", "J"),
        ("Autoresponse", "J"), ("Automated response", "J"), ("Out of office", "MS"), ("Out of the office", "G"),
        ("Out-of-office", "J"), ("Out of Office AutoReply", "MS"), ("Out of Office Auto-Reply", "MS"),
        ("Vacation reply", "G"), ("Vacation response", "G"), ("Vacation notice", "J"), ("On vacation", "G"),
        ("Away from my mail", "vacation(1)"),
        ("On annual leave", "J"), ("Annual leave", "J"),
        ("I am out of the office", "G"), ("I'm out of the office", "G"),
        ("I am away", "J"), ("Away", "J"), ("Vacation", "J"), ("OOO", "J"),
    ),
    "zh-CN": (
        ("自动回复", "MS, QQ"), ("自动答复", "MS"), ("自动应答", "J"), ("系统自动回复", "NE"), ("外出自动回复", "J"),
        ("外出自动答复", "J"),
        ("假期自动回复", "QQ"), ("休假自动回复", "J"), ("不在办公室", "J"), ("来自自动回复", "J"),
    ),
    "zh-TW": (
        ("自動回覆", "MS"), ("自動回復", "J"), ("自動答覆", "J"), ("不在辦公室", "MS"), ("休假中", "J"),
        ("外出中", "J"),
    ),
    "de": (
        ("Automatische Antwort", "MS"), ("Abwesend", "G"), ("Abwesenheit", "J"), ("Abwesenheitsnotiz", "MS"),
        ("Abwesenheitsmeldung", "J"), ("Abwesenheitsbenachrichtigung", "J"), ("Abwesenheitsassistent", "MS"),
        ("Automatische Rückmeldung", "J"), ("Abwesenheitsnachricht", "J"),
        ("Autoantwort", "J"), ("Automatische Abwesenheitsnotiz", "J"), ("Autom. Antwort", "J"), ("Außer Haus", "LN"),
        ("Ich bin außer Haus", "LN"), ("Nicht im Büro", "J"), ("Urlaubsvertretung", "J"),
    ),
    "fr": (
        ("Réponse automatique", "MS"), ("Absence du bureau", "MS"), ("Absence", "G"), ("Absent", "G"),
        ("Absent du bureau", "LN"), ("Absente", "J"), ("Message d'absence", "J"), ("Message d’absence", "J"),
        ("Notification d'absence", "J"), ("En congé", "J"), ("En congés", "J"), ("En vacances", "J"),
    ),
    "es": (
        ("Respuesta automática", "MS"), ("Respuesta automatica", "J"), ("Fuera de la oficina", "MS"),
        ("Fuera de oficina", "J"), ("Mensaje automático", "J"), ("Ausente", "J"), ("De vacaciones", "J"),
        ("Ausencia", "J"),
    ),
    "it": (
        ("Risposta automatica", "MS"), ("Fuori sede", "MS"), ("Fuori ufficio", "J"), ("Assente", "J"), ("Assenza", "J"),
        ("Assente dall'ufficio", "J"), ("In ferie", "J"), ("Messaggio automatico", "J"),
    ),
    "pt": (
        ("Resposta automática", "MS"), ("Resposta automatica", "J"), ("Ausência temporária", "MS"),
        ("Fora do escritório", "MS"), ("Fora do Escritório", "MS"), ("De férias", "J"), ("Ausência", "J"),
        ("Mensagem automática", "J"),
    ),
    "nl": (
        ("Automatisch antwoord", "MS"), ("Automatische beantwoording", "J"), ("Automatische reactie", "J"),
        ("Niet aanwezig", "MS"), ("Afwezig", "J"), ("Afwezigheid", "J"), ("Afwezigheidsmelding", "J"),
        ("Afwezigheidsassistent", "MS"), ("Op vakantie", "J"), ("Niet op kantoor", "J"),
    ),
    "pl": (
        ("Odpowiedź automatyczna", "MS"), ("Automatyczna odpowiedź", "J"), ("Autoodpowiedź", "J"),
        ("Poza biurem", "MS"), ("Nieobecność", "J"), ("Nieobecny", "J"), ("Jestem na urlopie", "J"),
        ("Nieobecność w biurze", "J"),
    ),
    "sv": (
        ("Automatiskt svar", "MS"), ("Autosvar", "MS"), ("Autosvar vid frånvaro", "MS"), ("Frånvaro", "J"),
        ("Frånvarande", "J"), ("Frånvaromeddelande", "J"), ("Ej på kontoret", "J"),
    ),
    "da": (
        ("Automatisk svar", "MS"), ("Autosvar", "J"), ("Autosvar ved fravær", "J"),
        ("Ikke til stede", "MS"), ("Fravær", "J"), ("Fraværende", "J"),
        ("Ikke på kontoret", "J"), ("Fraværsmeddelelse", "J"),
    ),
    "nb": (
        ("Automatisk svar", "MS"), ("Autosvar", "J"), ("Autosvar ved fravær", "J"),
        ("Fraværsmelding", "J"), ("Fravær", "J"),
        ("Ikke på kontoret", "J"), ("Fraværende", "J"),
    ),
    "fi": (
        ("Automaattinen vastaus", "MS"), ("Automaattivastaus", "J"), ("Poissa", "J"), ("Poissaoloilmoitus", "J"),
        ("Poissa toimistosta", "MS"), ("Lomalla", "J"), ("Poissaolo", "J"),
    ),
    "ja": (
        ("自動応答", "MS"), ("自動返信", "J"), ("自動返信メール", "J"), ("自動回答", "J"), ("不在通知", "J"),
        ("不在", "J"), ("休暇中", "J"), ("不在のお知らせ", "J"), ("休暇のお知らせ", "J"),
    ),
    "ko": (
        ("자동 회신", "MS"), ("자동회신", "J"), ("자동 응답", "J"), ("자동응답", "J"), ("자동 답장", "J"),
        ("부재중", "MS"), ("부재 중", "J"), ("휴가 중", "J"), ("부재중 알림", "J"), ("부재 알림", "J"),
    ),
    "ru": (
        ("Автоматический ответ", "MS"), ("Автоответ", "J"), ("Автоответчик", "J"), ("Автоматическое сообщение", "J"),
        ("Вне офиса", "MS"), ("Нет на работе", "J"), ("Нет на месте", "J"), ("В отпуске", "J"), ("Отсутствую", "J"),
        ("Отсутствие", "J"),
    ),
    "uk": (("Автоматична відповідь", "MS"), ("Автовідповідь", "J"), ("Поза офісом", "J"), ("У відпустці", "J")),
    "tr": (
        ("Otomatik yanıt", "MS"), ("Otomatik Yanıt", "MS"), ("Otomatik cevap", "J"),
        ("Ofis dışında", "MS"), ("Ofis Dışında", "MS"), ("Ofiste değil", "J"), ("İzinliyim", "J"), ("Tatildeyim", "J"),
    ),
    "cs": (
        ("Automatická odpověď", "MS"), ("Mimo kancelář", "MS"), ("Nepřítomnost", "J"), ("Nejsem v kanceláři", "J"),
        ("Oznámení o nepřítomnosti", "J"),
    ),
    "sk": (("Automatická odpoveď", "MS"), ("Mimo kancelárie", "J"), ("Neprítomnosť", "J")),
    "hu": (("Automatikus válasz", "MS"), ("Házon kívül", "J"), ("Irodán kívül", "J")),
    "ro": (("Răspuns automat", "MS"), ("Absent din birou", "J")),
    "el": (("Αυτόματη απάντηση", "MS"), ("Εκτός γραφείου", "J")),
    "bg": (("Автоматичен отговор", "MS"),),
    "hr": (("Automatski odgovor", "MS"),),
    "sl": (("Samodejni odgovor", "MS"),),
    "et": (("Automaatvastus", "J"), ("Automaatne vastus", "MS")),
    "lv": (("Automātiska atbilde", "MS"), ("Automātiskā atbilde", "J")),
    "lt": (("Automatinis atsakymas", "MS"),),
    "ca": (("Resposta automàtica", "MS"), ("Fora de l'oficina", "J")),
    "vi": (("Trả lời tự động", "MS"), ("Vắng mặt", "J")),
    "th": (("ตอบกลับอัตโนมัติ", "MS"), ("การตอบกลับอัตโนมัติ", "J"), ("ไม่อยู่ที่สำนักงาน", "J")),
    "id": (("Balasan otomatis", "MS"), ("Di luar kantor", "J")),
    "ms": (("Balasan automatik", "MS"),),
    "he": (("מענה אוטומטי", "J"), ("תשובה אוטומטית", "MS"), ("מחוץ למשרד", "J")),
    "ar": (("رد تلقائي", "MS"), ("خارج المكتب", "J")),
    "hi": (("स्वचालित उत्तर", "MS"),),
}  # fmt: skip

WITH_COLON_ONLY = frozenset({
    "不在", "absence", "absent", "absente", "assente", "assenza",
    "poissa", "ausente", "ausencia", "ausência", "fravær", "frånvaro", "afwezig", "abwesend", "lomalla",
    "休假中", "外出中", "on vacation", "on annual leave", "annual leave",
    "ooo", "away", "vacation", "de vacaciones", "de férias", "in ferie",
    "en vacances", "en congé", "en congés", "op vakantie", "休暇中", "abwesenheit", "отсутствую",
    "отсутствие", "vắng mặt",
})  # fmt: skip
"""Words people write subjects with, too: they count only with a colon behind them, as programs write them."""

SAID_WITHIN = (
    r"(?:i am |i'm |i’m )?(?:currently )?(?:out of (?:the )?office|away from the office|on vacation|on annual leave)"
    r"(?: until| till| from| through| and will| with)\b"
    r"|AUTO: .{0,200}(is out of the office|out of office|außer Haus|ist abwesend|absent du bureau|est absent"
    r"|fuera de la oficina|fuori sede|\breturning \d)"
)
"""What people set ("Out of office until Monday"), and what Lotus Notes writes ("AUTO: Amy Carter is out of the office
(returning 12/01/2026)"). "Auto:" alone is a car."""

BEFORE_ANSWERS = frozenset({
    "urlaub", "holiday", "annual leave", "ferien", "vacances", "vacaciones", "ferie", "férias", "vakantie", "urlop",
    "loma", "semester", "отпуск", "відпустка", "tatil", "休假", "外出", "出差", "휴가", "休暇", "dovolená",
})  # fmt: skip
"""Words people begin subjects with: they count only before the `Re:` of what is answered."""

BOUNCES = (
    "Undelivered Mail Returned to Sender", "Undeliverable", "Undelivered", "Delivery Status Notification",
    "Mail delivery failed", "Mail Delivery Failure", "Delivery Failure", "Delivery failed", "failure notice",
    "Returned mail", "Mail System Error", "Message Delivery Failure", "Non recapitabile", "Unzustellbar",
    "Nicht zustellbar", "Non remis", "No se puede entregar", "Onbestelbaar", "Nie można dostarczyć",
    "Não é possível entregar", "系统退信", "退信", "未送达", "無法傳遞", "無法送達", "配信不能",
    "배달되지 않음", "Недоставлено", "Не удается доставить",
    "Teslim Edilemedi", "Nedoručitelné", "Det går inte att leverera", "Kan ikke leveres", "Ei voi toimittaa",
    "Mail Delivery Subsystem", "Delivery Notification", "Mail could not be delivered",
)  # fmt: skip
"""How subjects of mails that could not be delivered begin: Postfix, sendmail, Exim, qmail, Gmail, QQ, and Exchange in
its languages (sisimai's test mails, 2024; the rest judgement). They count only in a mail without a sender to answer."""
