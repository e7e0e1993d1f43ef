"""English."""

from collections.abc import Mapping

EN: Mapping[str, str] = {
    "language.name": "English",
    "languages": "Language of this page",
    "footer.contact": "Questions?",
    "footer.privacy": "Privacy",
    "footer.program": "How the program works",
    # the program's page
    "join.title": "{business} card",
    "join.heading": "Your {business} card, right on your phone",
    "join.lead": "It counts every purchase by itself. Nothing to install, nothing to carry.",
    "join.sample": "This is how your card will look",
    "join.benefits": "What you get",
    "join.form": "Get your card",
    "join.email": "E-mail",
    "join.email.hint": "We send a code to this address, so that nobody else can use it.",
    "join.phone.instead": "Use a phone number instead",
    "join.phone": "Phone",
    "join.phone.hint": "With the country code, for example +44\u00a020\u00a07946\u00a00123.",
    "join.name": "Name",
    "join.optional": "optional",
    "join.language": "Language of the card",
    "join.privacy": "How your data is protected",
    "join.submit": "Get my card",
    "join.trap": "Leave this field empty",
    "join.terms": "How it works",
    "consent.program": (
        "I agree that {legal_name} keeps my e-mail address or phone number, my name and my purchases to run the"
        " {business} loyalty program. I can take this back at any time by writing to {contact}."
    ),
    "consent.marketing": (
        "I would also like {legal_name} to send me offers and news of {business}. I can stop this at any time by"
        " writing to {contact}. The card works without it."
    ),
    # what is wrong with the form
    "problem.heading": "Please check the form",
    "problem.contact_missing": "Enter an e-mail address or a phone number.",
    "problem.email_malformed": "This does not look like an e-mail address. It should read like anna@example.com.",
    "problem.email_too_long": "This address is too long. Up to 254 characters are possible.",
    "problem.phone_malformed": "Enter the number with its country code: a plus sign and 7 to 15 digits.",
    "problem.name_too_long": "Please use a shorter name, up to 80 characters.",
    "problem.name_malformed": "This name holds characters that cannot be shown.",
    "problem.language_unknown": "Choose one of the languages.",
    "problem.consent_missing": "Without your agreement we may not keep a card for you. Please tick the box.",
    "problem.consent_changed": "The wording has changed meanwhile. Please read it once more and tick the box.",
    "problem.trap_filled": "Please check what you entered and send it once more.",
    # the card
    "card.title": "My {business} card",
    "card.test": "TEST",
    "card.ended": "Ended",
    "card.tier": "Level",
    "card.code": "Code to show at the till",
    "card.code.hint": "Show this code at the till",
    "card.progress": "{points} to {tier}",
    "card.progress.label": "Progress to {tier}",
    "card.top": "You have reached the highest level",
    "card.owed": "Taken back after a refund. Your next purchase makes up for it.",
    "card.says": "You now have {points}",
    "card.says.tier": "You now have {points}. Your level is {tier}",
    "card.apple": "Add to Apple Wallet",
    "card.apple.first": "Add to",
    "card.apple.second": "Apple Wallet",
    "card.google": "Add to Google Wallet",
    "card.google.first": "Add to",
    "card.google.second": "Google Wallet",
    "card.continue": "Open it on your phone",
    "card.continue.hint": "Point the camera of your phone at this code. Keep it to yourself: it opens your card.",
    "card.continue.code": "Code that opens this card on a phone",
    "card.offline": "No connection. These are the last numbers we know.",
    "card.arriving": "On the way",
    "card.arriving.on": "from {day}",
    "card.arriving.later": "the day is not known yet",
    "card.ending": "Next to expire",
    "card.ending.on": "last day: {day}",
    "card.perks": "Your benefits",
    "card.history": "History",
    "card.history.empty": "Nothing here yet",
    "card.history.empty.hint": "Your first purchase will show up here within moments.",
    "history.earned.order": "Order {order}",
    "history.earned": "Purchase",
    "history.reviewed": "Thank you for your review",
    "history.taken_back.order": "Refund of order {order}",
    "history.taken_back": "Refund",
    "history.redeemed.order": "Used for order {order}",
    "history.redeemed": "Points used",
    "history.restored.order": "Given back for order {order}",
    "history.restored": "Points given back",
    "history.expired": "Expired",
    "history.merged": "Brought along from another card",
    "card.void.heading": "This card is no longer valid",
    "card.void.text": "Your membership has ended, and no more points are counted. Questions? Write to {contact}.",
    "card.test.text": "This is a test card. Its points are for trying things out and have no value.",
    # confirming the address
    "confirm.heading": "Confirm your address",
    "confirm.text": (
        "We sent a six-digit code to {address}. Enter it here: points from earlier purchases with this address"
        " will then appear on your card."
    ),
    "confirm.code": "Code from the e-mail",
    "confirm.submit": "Confirm",
    "confirm.again": "Send a new code",
    "confirm.other": "Wrong address? Start again",
    # what has just happened
    "notice.joined": "Your card is ready.",
    "notice.confirmed": "Thank you, your address is confirmed.",
    "notice.mail_sent": "A new code is on its way. Only the newest one works.",
    "notice.mail_not_sent": (
        "The e-mail could not be sent just now. Your card is safe. Please ask for a new code in a few minutes."
    ),
    "notice.too_many_mails": "We have already sent several e-mails. Please look in your spam folder or wait an hour.",
    "notice.code_missing": "Enter the six digits from the e-mail.",
    "notice.wrong_code": "This is not the code we sent. Please compare it with the newest e-mail.",
    "notice.code_expired": "This code is no longer valid. Ask for a new one.",
    "notice.too_many_tries": "Too many tries with this code. Ask for a new one.",
    # the link in the mail
    "proof.title": "Open your card",
    "proof.heading": "Open your {business} card",
    "proof.text": "Press the button to open the card that belongs to your e-mail address on this device.",
    "proof.consent": "By pressing it you say:",
    "proof.not_you": "You did not ask for it? Then just close this page. Nothing will happen.",
    "proof.submit": "Open my card",
    "proof.used.title": "This link no longer works",
    "proof.used.heading": "This link no longer works",
    "proof.used.text": "Links from our e-mails work once and for a short time.",
    "proof.used.next": "Open your card where you joined and press “Send a new code”.",
    "proof.used.join": (
        "If you cannot find it, ask for a card again with the same e-mail address. Your points are kept."
    ),
    "proof.used.button": "Ask for a card",
    # the bare address
    "front.title": "Loyalty cards live here",
    "front.text": "Open the link your shop gave you, or scan the code at the till, to see your card.",
    # errors
    "error.400.title": "We could not read that",
    "error.400.text": "Something went wrong on the way to us. Please go back and try once more.",
    "error.404.title": "There is nothing here",
    "error.404.text": "The address may be mistyped or out of date. Please look at the link once more.",
    "error.card.title": "We cannot find this card",
    "error.card.text": (
        "The link may be cut off or out of date. Open it once more from where you saved it, or from"
        " your phone’s wallet."
    ),
    "error.program.title": "We cannot find this program",
    "error.program.text": "The address may be mistyped. Please ask in the shop for the right link.",
    "error.413.title": "That was too much",
    "error.413.text": "What was sent is larger than we can take. Please go back and shorten it.",
    "error.429.title": "A little slower, please",
    "error.429.text": "There were too many tries in a short time. Please wait a while and try again.",
    "error.500.title": "This is our fault",
    "error.500.text": (
        "Something broke on our side, and we have been told. Your points are safe. Please try again later."
    ),
    "error.503.title": "We need a moment",
    "error.503.text": "We cannot answer right now. Your points are safe. Please try again in a minute.",
    # the letter
    "letter.subject": "{code} is your code for {business}",
    "letter.greeting": "Hello,",
    "letter.who": "Somebody, we hope it was you, asked for a {business} card with this e-mail address.",
    "letter.code": "Your code:",
    "letter.where": "Type it on the page where you asked for the card.",
    "letter.link": "Or open your card on this device with this link:",
    "letter.limits": "The code and the link work once and only for a short time.",
    "letter.not_you": "If it was not you, you do not need to do anything: without the code nobody gets at your points.",
}
