"""The demo program with a catalogue: rewards, stamp cards, vouchers, benefits; and somebody with a hundred beans."""

from whole_house import ANNA, DEFINITION, Town, town

OFFERS = """rewards:
  - reward: mug
    name: {en: A mug, ru: Кружка}
    what: item
    price: 60 beans
    worth: at most 6 EUR
    stock: 3
  - reward: cake
    name: {en: A cake, ru: Пирожное}
    what: item
    price: 10 beans
    per_member: 2 per month
  - {reward: tasting, name: {en: A tasting, ru: Дегустация}, what: item, price: 10 beans, levels: [Silver, Gold]}
  - {reward: spring, name: {en: Spring, ru: Весна}, what: item, price: 10 beans, until: 2026-05-31}
  - {reward: autumn, name: {en: Autumn, ru: Осень}, what: item, price: 10 beans, from: 2026-09-01}
  - {reward: pot, name: {en: A pot, ru: Чайник}, what: item, price: 101 beans, top_up: 50%}
  - {reward: shelter, name: {en: Animal shelter, ru: Приют для животных}, what: donation, price: 20 beans, worth: 1 EUR}
  - {reward: coins, name: {en: One euro, ru: Один евро}, what: money, price: 20 beans, worth: 1 EUR}
  - {reward: courier, name: {en: Free delivery, ru: Бесплатная доставка}, what: delivery, price: 30 beans}
  - {reward: five, name: {en: 5 EUR off, ru: Скидка 5 евро}, what: voucher, price: 50 beans, voucher: five-off}
  - {reward: cinema, name: {en: Cinema, ru: Кино}, what: voucher, price: 40 beans, voucher: cinema}
vouchers:
  five-off:
    name: {en: 5 EUR off, ru: Скидка 5 евро}
    worth: 5 EUR
    lives: 30 days
    min_order: 11 EUR
  gift-card:
    name: {en: Gift card, ru: Подарочная карта}
    worth: 10 EUR to 500 EUR
    lives: 3 years
    use: in parts
  cinema:
    name: {en: Cinema, ru: Кино}
    worth: 8 EUR
    lives: 90 days
    codes: imported
perks:
  lounge: {name: {en: lounge visits, ru: визиты в лаундж}, times: 2 per year, everyone: yes}
  consultant: {name: {en: a personal adviser, ru: личный консультант}}
card:
"""

PLENTY = DEFINITION.replace("card:\n", OFFERS).replace("perks: [free_delivery]", "perks: [free_delivery, consultant]")
PAYING = DEFINITION.replace(
    "  pay: {min: 20 beans, at_most: 50% of goods}",
    """  pay: {min: 20 beans, at_most: 50% of goods}
  money: {min: 40 beans, rate: {by: average_balance, steps: [{from: 10000 EUR, rate: 10 beans = 0.50 EUR}]}}
  past_order: {min: 10 beans, rate: 1 bean = 0.05 EUR, within: 90 days, min_order: 2 EUR}
members: {attributes: {average_balance: money}}""",
)


def rich(definition: str = PLENTY) -> Town:
    """Anna has joined and has a hundred beans."""
    here = town(definition)
    here.member(ANNA)
    here.buys(ANNA, 10_000)
    return here
