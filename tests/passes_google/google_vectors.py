"""Messages that Google itself signed, as others have published them, and the root key that vouches for them.

Two stand in the public tests of edutap-eu/edutap.wallet_google, one in a published sample of a membership card; they
ended in 2023 to 2025. The root key was computed from the three signatures of intermediate keys: an ECDSA signature
leaves two public keys possible, and one alone is common to all three. Nothing here is of our own making.
"""

import json
from typing import Any

ROOT_KEY = (
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEs/J7ghdwu4/b6NvqzQebS+Z80FEP8ZlGdAdWDUjfPeBKaV+YOWW0l6U/4IGXnfY9NrsND1fw"
    "xAqRq0unR/LCIg=="
)
NEVER_ENDS = "4102444800000"
KEYS = {"keys": [{"keyValue": ROOT_KEY, "protocolVersion": "ECv2SigningOnly", "keyExpiration": NEVER_ENDS}]}


def _callback(signature: str, key: str, ends: str, by: str, message: str) -> bytes:
    body: dict[str, Any] = {
        "signature": signature,
        "intermediateSigningKey": {
            "signedKey": f'{{"keyValue":"{key}\\u003d\\u003d","keyExpiration":"{ends}"}}',
            "signatures": [by],
        },
        "protocolVersion": "ECv2SigningOnly",
        "signedMessage": message,
    }
    return json.dumps(body).encode()


SAVED = _callback(
    "MEYCIQCyuBQo/Dao7yUBDUWK12ATFBDkUfJUnropjOaPbPiKEwIhAKXNiVrbNmydpEVIxXRz5z36f8HV2Meq/Td6tqt2+DYO",
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE3JpSX3AU53vH+IpWBdsbqrL7Ey67QSERsDUztFt8q7t7PzVkh14SeYeokI1zSZiVAWnx4tXD1tCP"
    "brvfFGB8OA",
    "1735023986000",
    "MEUCIQD3IBTpRM45gpno9Remtx/FiDCOJUp45+C+Qzw6IrgphwIgJijXISc+Ft8Sj9eXNowzuYyXyWlgKAE+tVnN24Sek5M=",
    '{"classId":"3388000000022141777.pass.gift.dev.edutap.eu","objectId":"3388000000022141777.9fd4e525-777c-4e0d-878a-'
    'b7993e211997","eventType":"save","expTimeMillis":1734366082269,"count":1,"nonce":"c1359b53-f2bb-4e8f-b392-'
    '9a560a21a9a0"}',
)
SAVED_ISSUER, SAVED_ENDS = "3388000000022141777", 1_734_366_082_269

MEMBERCARD = _callback(
    "MEQCICNRcl4MLW0d5hcFi/h2OijYW2boEU5IS9I37wOJO0v8AiB0et62sYYI00gO4QeXS0ZlLCjpkLqvLk4SsCx6f5jfyQ==",
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEIQab9kGfAsSgBnFPMXGXlOpL7WhWqCYC/FjS70H4bhp/qbyaBIMR3R98cEylL4jCJiVFQ8dtltpr"
    "3NCzq/iTgg",
    "1692688147000",
    "MEYCIQCOhXCleCo64oKagwmJWUGmvODW5iAeZzQAocRcMiceIAIhAJENpGpyKYgSNybrA68pLFFsGTNFiQ4i4qL0bRnpgIDd",
    '{"classId":"3388000000022211970.membercard","objectId":"3388000000022211970.20233587","eventType":"save",'
    '"expTimeMillis":1692032148434,"count":1,"nonce":"22729f93-640a-40fc-9679-02d6fab107a0"}',
)
MEMBERCARD_ISSUER, MEMBERCARD_ENDS = "3388000000022211970", 1_692_032_148_434

DELETED = _callback(
    "MEUCIQC+xKva1ydmNwJJiP2HJJWsteUe02ztTDKExzcWIpmlywIgJwD4HUYvZJg/cr1OL21vVKr0b2ZXt79NblCQ1V18zsc=",
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEKb256ssDdmf7DokZ7jsMtAvjiTX2HF1ay8QR1sSA+gFpC/ChhRwVdMEVJTaoAP1MIH38QWtqShiQ"
    "63zROaKtgQ",
    "1759996807000",
    "MEUCIDd7rXh7qgJZ7YSlQiXG2zOdZUT5XlMSUPu3RfyV3p2CAiEApxrIwTmRVig93FVJUC6bSWdQXMqata5sHenKsVYreUk=",
    '{"classId":"3388000000022141777.lib.edutap.eu","objectId":"3388000000022141777.6b4cbd15-0de7-4fe8-95f6-'
    '995a51b4595e.object","eventType":"del","expTimeMillis":1759331348143,"count":1,"nonce":"1a9e3df0-ec10-4a17-8b39-'
    '89d2d7f48e3b"}',
)
DELETED_ISSUER, DELETED_ENDS = "3388000000022141777", 1_759_331_348_143
