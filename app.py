"""The front door: every URL, queue and stream of Pointpass. No rules live here."""

from typing import Any

from chalice.app import CloudWatchEvent, Cron, DynamoDBEvent, Rate, Request, SQSEvent

from chalicelib.bootstrap.edge import FrontDoor, answering, call, guarded, raw, visit
from chalicelib.bootstrap.house import begin, house
from chalicelib.services.answer import Answer

app = FrontDoor(app_name="pointpass")
hooks = wallets = pages = stores_api = app  # each door's function is started by its own name: see bootstrap/ready.py
app.api.binary_types = ["application/vnd.apple.pkpass", "image/png"]

# A route refuses every content type that it does not name, with 415. Senders use JSON, forms, text and bytes, and some
# clients name a type even when they only ask for a page.
_ANY = ["application/json", "application/x-www-form-urlencoded", "text/plain", "application/octet-stream"]
_FORM = ["application/x-www-form-urlencoded"]
_REGISTRATIONS = "/apple/v1/devices/{device}/registrations/{pass_type}"
_API = "/v1/programs/{program}"
_PASSES = "/apple/v1/passes/{pass_type}/{serial}"

# Chalice passes these on to the template as they are, though its signature asks for text.
_JOURNAL: Any = {"Fn::GetAtt": ["JournalTable", "StreamArn"]}
_DEFERRED: Any = {"Fn::GetAtt": ["DeferredQueue", "Arn"]}
_CARDS: Any = {"Fn::GetAtt": ["CardsQueue", "Arn"]}
_SWEEPS: Any = {"Fn::GetAtt": ["SweepsQueue", "Arn"]}


def _request() -> Request:
    request = app.current_request
    assert request is not None, "a route always has a request"
    return request


answers = answering(_request)
begin()


@app.route("/", content_types=_ANY)
@answers
def front() -> Answer:
    """What runs here, for somebody who typed the bare address. A laptop puts its demo in this place."""
    from chalicelib.web.front import front_page

    return front_page(visit(_request()))


@app.route("/health", content_types=_ANY)
@answers
def health() -> Answer:
    """What a load balancer or a person asks first."""
    from chalicelib.web.answer import as_json

    return as_json({"status": "ok", "stage": house().settings.stage})


# --- webhooks -----------------------------------------------------------------------------------------------------


@app.route("/hooks/{program}/{connection}", methods=["POST"], content_types=_ANY)
@answers
def hook(program: str, connection: str) -> Answer:
    request = _request()
    body, source = raw(request), visit(request).sender
    return house().hooks.answer(program, connection, headers=dict(request.headers), body=body, source=source)


# --- pages --------------------------------------------------------------------------------------------------------


@app.route("/static/{name}", content_types=_ANY)
@answers
def static_file(name: str) -> Answer:
    from chalicelib.web.static_files import static

    return static(name, if_none_match=_request().headers.get("if-none-match", ""))


@app.route("/pictures/{name}", content_types=_ANY)
@answers
def picture(name: str) -> Answer:
    return house().pictures.picture(name, if_none_match=_request().headers.get("if-none-match", ""))


@app.route("/p/{program}", content_types=_ANY)
@answers
def program_page(program: str) -> Answer:
    return house().desk.program(program, visit(_request()))


@app.route("/p/{program}/join", methods=["POST"], content_types=_FORM)
@answers
def join(program: str) -> Answer:
    return house().desk.join(program, visit(_request()))


@app.route("/p/{program}/send", methods=["POST"], content_types=_FORM)
@answers
def send_card(program: str) -> Answer:
    return house().desk.send(program, visit(_request()))


@app.route("/proof/{token}", methods=["GET"], content_types=_ANY)
@answers
def proof_link(token: str) -> Answer:
    return house().desk.link(token, visit(_request()))


@app.route("/proof/{token}", methods=["POST"], content_types=_FORM)
@answers
def open_proof_link(token: str) -> Answer:
    return house().desk.open_link(token, visit(_request()))


@app.route("/c/{card}", content_types=_ANY)
@answers
def card_page(card: str) -> Answer:
    return house().desk.card(card, visit(_request()))


@app.route("/c/{card}/proof", methods=["POST"], content_types=_FORM)
@answers
def prove_by_code(card: str) -> Answer:
    return house().desk.code(card, visit(_request()))


@app.route("/c/{card}/mail", methods=["POST"], content_types=_FORM)
@answers
def send_another_mail(card: str) -> Answer:
    return house().desk.mail(card, visit(_request()))


@app.route("/c/{card}/replace", methods=["GET"], content_types=_ANY)
@answers
def replace_link(card: str) -> Answer:
    return house().card_desk.ask_replace(card, visit(_request()))


@app.route("/c/{card}/replace", methods=["POST"], content_types=_FORM)
@answers
def replace_link_confirmed(card: str) -> Answer:
    return house().card_desk.replace(card, visit(_request()))


@app.route("/c/{card}/leave", methods=["GET"], content_types=_ANY)
@answers
def leave_program(card: str) -> Answer:
    return house().card_desk.ask_leave(card, visit(_request()))


@app.route("/c/{card}/leave", methods=["POST"], content_types=_FORM)
@answers
def leave_program_confirmed(card: str) -> Answer:
    return house().card_desk.leave(card, visit(_request()))


@app.route("/c/{card}/app.webmanifest", content_types=_ANY)
@answers
def card_manifest(card: str) -> Answer:
    return house().card_desk.manifest(card, visit(_request()))


@app.route("/c/{card}/worker.js", content_types=_ANY)
@answers
def card_worker(card: str) -> Answer:
    return house().card_desk.worker(card, visit(_request()))


@app.route("/c/{card}/apple", content_types=_ANY)
@answers
def apple_pass(card: str) -> Answer:
    return house().wallet_file(card, visit(_request()))


@app.route("/c/{card}/google", content_types=_ANY)
@answers
def google_save(card: str) -> Answer:
    return house().google_link(card, visit(_request()))


# --- Google Wallet ------------------------------------------------------------------------------------------------


@app.route("/google/callback/{program}", methods=["POST"], content_types=_ANY)
@answers
def google_callback(program: str) -> Answer:
    return house().google_told(program, raw(_request()))


# --- Apple Wallet's web service -----------------------------------------------------------------------------------


@app.route(_REGISTRATIONS + "/{serial}", methods=["POST"], content_types=_ANY)
@answers
def register(device: str, pass_type: str, serial: str) -> Answer:
    request, token = _request(), _authorization()
    return house().apple.register(device, pass_type, serial, authorization=token, body=raw(request))


@app.route(_REGISTRATIONS + "/{serial}", methods=["DELETE"], content_types=_ANY)
@answers
def unregister(device: str, pass_type: str, serial: str) -> Answer:
    return house().apple.unregister(device, pass_type, serial, authorization=_authorization())


@app.route(_REGISTRATIONS, content_types=_ANY)
@answers
def updates(device: str, pass_type: str) -> Answer:
    since = visit(_request()).query.get("passesUpdatedSince")
    return house().apple.updates(device, pass_type, since=since)


@app.route(_PASSES, methods=["GET", "HEAD"], content_types=_ANY)
@answers
def latest_pass(pass_type: str, serial: str) -> Answer:
    request = _request()
    return house().apple.latest(
        pass_type,
        serial,
        authorization=_authorization(),
        if_modified_since=request.headers.get("if-modified-since"),
        is_head=request.method == "HEAD",
    )


@app.route("/apple/v1/log", methods=["POST"], content_types=_ANY)
@answers
def device_log() -> Answer:
    return house().apple.log(raw(_request()))


def _authorization() -> str | None:
    token: str | None = _request().headers.get("authorization")
    return token


# --- the stores' API ----------------------------------------------------------------------------------------------


@app.route("/v1/openapi.json", content_types=_ANY)
@answers
def api_description() -> Answer:
    return house().api.answer(call(_request()))


@app.route(_API + "/members", methods=["GET", "POST"], content_types=_ANY)
@answers
def api_members(program: str) -> Answer:
    return house().api.answer(call(_request()))


@app.route(_API + "/members/{member}", content_types=_ANY)
@answers
def api_member(program: str, member: str) -> Answer:
    return house().api.answer(call(_request()))


@app.route(_API + "/members/{member}/balance", content_types=_ANY)
@answers
def api_balance(program: str, member: str) -> Answer:
    return house().api.answer(call(_request()))


@app.route(_API + "/members/{member}/profile", methods=["GET", "POST"], content_types=_ANY)
@answers
def api_profile(program: str, member: str) -> Answer:
    return house().api.answer(call(_request()))


@app.route(_API + "/members/{member}/history", content_types=_ANY)
@answers
def api_history(program: str, member: str) -> Answer:
    return house().api.answer(call(_request()))


@app.route(_API + "/members/{member}/activities", methods=["POST"], content_types=_ANY)
@answers
def api_deed(program: str, member: str) -> Answer:
    return house().api.answer(call(_request()))


@app.route(_API + "/members/{member}/referral-code", methods=["POST"], content_types=_ANY)
@answers
def api_referral_code(program: str, member: str) -> Answer:
    return house().api.answer(call(_request()))


@app.route(_API + "/members/{member}/referral", methods=["GET", "POST"], content_types=_ANY)
@answers
def api_referral(program: str, member: str) -> Answer:
    return house().api.answer(call(_request()))


@app.route(_API + "/members/{member}/household", methods=["GET", "POST"], content_types=_ANY)
@answers
def api_household(program: str, member: str) -> Answer:
    return house().api.answer(call(_request()))


@app.route(_API + "/members/{member}/household/leave", methods=["POST"], content_types=_ANY)
@answers
def api_household_leave(program: str, member: str) -> Answer:
    return house().api.answer(call(_request()))


@app.route(_API + "/members/{member}/household/redemptions", methods=["POST"], content_types=_ANY)
@answers
def api_household_use(program: str, member: str) -> Answer:
    return house().api.answer(call(_request()))


@app.route(_API + "/household-redemptions/{redemption}/return", methods=["POST"], content_types=_ANY)
@answers
def api_household_return(program: str, redemption: str) -> Answer:
    return house().api.answer(call(_request()))


@app.route(_API + "/quotes", methods=["POST"], content_types=_ANY)
@answers
def api_quotes(program: str) -> Answer:
    return house().api.answer(call(_request()))


@app.route(_API + "/quotes/accept", methods=["POST"], content_types=_ANY)
@answers
def api_accept(program: str) -> Answer:
    return house().api.answer(call(_request()))


@app.route(_API + "/redemptions", methods=["POST"], content_types=_ANY)
@answers
def api_redemptions(program: str) -> Answer:
    return house().api.answer(call(_request()))


@app.route(_API + "/redemptions/{redemption}", content_types=_ANY)
@answers
def api_redemption(program: str, redemption: str) -> Answer:
    return house().api.answer(call(_request()))


@app.route(_API + "/rewards", methods=["GET", "POST"], content_types=_ANY)
@answers
def api_rewards(program: str) -> Answer:
    return house().api.answer(call(_request()))


@app.route(_API + "/money", methods=["POST"], content_types=_ANY)
@answers
def api_money(program: str) -> Answer:
    return house().api.answer(call(_request()))


@app.route(_API + "/past-orders", methods=["POST"], content_types=_ANY)
@answers
def api_past_orders(program: str) -> Answer:
    return house().api.answer(call(_request()))


@app.route(_API + "/redemptions/{redemption}/undo", methods=["POST"], content_types=_ANY)
@answers
def api_undo(program: str, redemption: str) -> Answer:
    return house().api.answer(call(_request()))


@app.route(_API + "/vouchers", methods=["POST"], content_types=_ANY)
@answers
def api_vouchers(program: str) -> Answer:
    return house().api.answer(call(_request()))


@app.route(_API + "/vouchers/look", methods=["POST"], content_types=_ANY)
@answers
def api_voucher_look(program: str) -> Answer:
    return house().api.answer(call(_request()))


@app.route(_API + "/vouchers/use", methods=["POST"], content_types=_ANY)
@answers
def api_voucher_use(program: str) -> Answer:
    return house().api.answer(call(_request()))


@app.route(_API + "/vouchers/release", methods=["POST"], content_types=_ANY)
@answers
def api_voucher_release(program: str) -> Answer:
    return house().api.answer(call(_request()))


@app.route(_API + "/vouchers/give-back", methods=["POST"], content_types=_ANY)
@answers
def api_voucher_give_back(program: str) -> Answer:
    return house().api.answer(call(_request()))


@app.route(_API + "/members/{member}/perks", content_types=_ANY)
@answers
def api_member_perks(program: str, member: str) -> Answer:
    return house().api.answer(call(_request()))


@app.route(_API + "/perks", methods=["POST"], content_types=_ANY)
@answers
def api_perks(program: str) -> Answer:
    return house().api.answer(call(_request()))


@app.route(_API + "/perks/{use}/undo", methods=["POST"], content_types=_ANY)
@answers
def api_perk_undo(program: str, use: str) -> Answer:
    return house().api.answer(call(_request()))


@app.route(_API + "/staff", methods=["GET"], content_types=_ANY)
@answers
def api_staff(program: str) -> Answer:
    return house().api.answer(call(_request()))


@app.route(_API + "/staff/sign-in", methods=["POST"], content_types=_ANY)
@answers
def api_sign_in(program: str) -> Answer:
    return house().api.answer(call(_request()))


@app.route(_API + "/staff/{name}/change", methods=["POST"], content_types=_ANY)
@answers
def api_staff_change(program: str, name: str) -> Answer:
    return house().api.answer(call(_request()))


@app.route(_API + "/redemptions/{redemption}/capture", methods=["POST"], content_types=_ANY)
@answers
def api_capture(program: str, redemption: str) -> Answer:
    return house().api.answer(call(_request()))


@app.route(_API + "/redemptions/{redemption}/release", methods=["POST"], content_types=_ANY)
@answers
def api_release(program: str, redemption: str) -> Answer:
    return house().api.answer(call(_request()))


@app.route(_API + "/activities", methods=["POST"], content_types=_ANY)
@answers
def api_activities(program: str) -> Answer:
    return house().api.answer(call(_request()))


@app.route(_API + "/adjustments", methods=["POST"], content_types=_ANY)
@answers
def api_adjustments(program: str) -> Answer:
    return house().api.answer(call(_request()))


@app.route(_API + "/levels", methods=["POST"], content_types=_ANY)
@answers
def api_levels(program: str) -> Answer:
    return house().api.answer(call(_request()))


@app.route(_API + "/levels/{given}/withdraw", methods=["POST"], content_types=_ANY)
@answers
def api_level_withdraw(program: str, given: str) -> Answer:
    return house().api.answer(call(_request()))


@app.route(_API + "/transfers", methods=["POST"], content_types=_ANY)
@answers
def api_transfers(program: str) -> Answer:
    return house().api.answer(call(_request()))


# --- streams and queues -------------------------------------------------------------------------------------------


@app.on_dynamodb_record(stream_arn=_JOURNAL, batch_size=25, starting_position="TRIM_HORIZON")
@guarded
def on_journal(event: DynamoDBEvent) -> dict[str, Any]:
    """Every new entry of the journal: cards follow."""
    return house().journal.handle(event.to_dict())


@app.on_sqs_message(queue_arn=_DEFERRED, batch_size=10)
@guarded
def on_deferred(event: SQSEvent) -> dict[str, Any]:
    """Webhooks that were stored because the ledger was slow."""
    return house().deferred(event.to_dict())


@app.on_sqs_message(queue_arn=_CARDS, batch_size=10)
@guarded
def on_cards(event: SQSEvent) -> dict[str, Any]:
    """Pushes that waited for their quiet time, or were put off."""
    return house().pushes(event.to_dict())


@app.on_sqs_message(queue_arn=_SWEEPS, batch_size=10)
@guarded
def on_sweeps(event: SQSEvent) -> dict[str, Any]:
    """Accounts whose time has come, and the walk through a program whose new version has."""
    return house().sweeps(event.to_dict())


# --- the clock ----------------------------------------------------------------------------------------------------


@app.schedule(Rate(10, unit=Rate.MINUTES))
@guarded
def on_schedule(event: CloudWatchEvent) -> dict[str, Any]:
    """What webhooks did not tell, read from the providers' books. The last page may take as long again."""
    house().reconcile(seconds=120)
    return {}


@app.schedule(Rate(5, unit=Rate.MINUTES))
@guarded
def on_sweep(event: CloudWatchEvent) -> dict[str, Any]:
    """Finds the accounts whose time has come, walks that stand still and phones that are away, and queues them."""
    house().look_around()
    return {}


@app.schedule(Cron(20, 1, "*", "*", "?", "*"))
@guarded
def on_night(event: CloudWatchEvent) -> dict[str, Any]:
    """What is done once a day, at 01:20 UTC. A quarter of its time is left to compare and seal what was read."""
    house().night(seconds=660)
    return {}
