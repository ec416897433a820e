from panels import COUNT, DOLLARS, SHARE, Board, Panel, Queries, Row
from promql import NET, PRICE

ORG = "{{organization}}"


def board(q: Queries) -> Board:
    day, now = q.day, q.now
    bill = "github_copilot_billing_"
    no_bill = "Organizations whose enterprise pays: they have no bill of their own."
    early = no_bill + " In the first days of a month a single day decides."
    month = lambda metric, labels="": now.this_month(bill + metric, labels)
    tokens = "github_copilot_org_cli_"
    return Board("copilot-spend", "Copilot / Spend",
                 "What Copilot costs, in US dollars. Amounts are month-to-date and start again on the 1st.", [
        Row("This month", [
            Panel("net", "What does the month cost so far?", "Net amount of the newest day: after allowances and discounts. In the first days of a month a late organization"
                  " still shows the month before.", no_bill, "stat", DOLLARS, {ORG: day.month()}),
            Panel("gross", "What would it cost without allowances?", "Gross amount of the newest day.", no_bill, "stat", DOLLARS,
                  {ORG: day.month(f"{bill}gross_amount")}),
            Panel("covered", "How much of it do allowances cover?", "Discount divided by gross amount, on the newest day.",
                  no_bill + " Seats are in the gross amount.", "stat", SHARE, {
                      ORG: f"{day.month(f'{bill}discount_amount')}\n/ on (organization)\n({day.month(f'{bill}gross_amount')} > 0)"}),
            Panel("forecast", "Where will the month end?",
                  "Net amount so far, divided by the days of the month so far, times the days of the month.", early, "stat",
                  DOLLARS, {ORG: day.forecast()}),
            Panel("forecast-budget", "Will it stay within the budget?",
                  "The forecast divided by the budget, which is per organization and month.", early, "gauge", SHARE,
                  {ORG: f"{day.forecast()} / {q.budget}"}, thresholds=((0, "green"), (0.8, "yellow"), (1, "red"))),
            Panel("per-person", "What does an active person cost?",
                  "Net amount so far divided by the people of 28 days. Read it at the end of a month.",
                  no_bill + " The people include everyone whom the enterprise licenses.", "stat", DOLLARS, {
                      ORG: f"{day.month()}\n/ on (organization)\n({day.day('github_copilot_org_monthly_active_users')} > 0)"}),
        ]),
        Row("Days and products", [
            Panel("month-budget", "Does any organization pass its budget?",
                  "Net amount so far, which starts again on the 1st, and the budget per organization.", no_bill, "lines", DOLLARS,
                  {ORG: day.month(), "budget": f"vector({q.budget})"}),
            Panel("daily", "Which day cost what, by product?",
                  "The difference from the day before. On the 1st the amount itself, and the whole amount of a product that was"
                  " not on the bill of the day before.",
                  no_bill + " Days after a day without a bill, because the two cannot be told apart.", "bars", DOLLARS,
                  {"{{sku}}": day.daily_spend()}),
            Panel("by-sku", "Which products make up the month?",
                  "Net amount of this month so far, in all chosen organizations.",
                  no_bill + " Late organizations, while their newest day is of the month before.", "pie", DOLLARS,
                  {"{{sku}}": f"sum by (sku) (\n{month('net_amount')}\n)"}, instant=True),
            Panel("by-model", "Which models cost most?",
                  "Gross amount of this month so far: the net amount is 0 while the allowance lasts.",
                  "Seats, and usage for which GitHub names no model. Late organizations, while their newest day is of the month"
                  " before.", "ranking", DOLLARS,
                  {"{{model}}": "topk(15, sum by (model) (\n" + month("gross_amount", 'model!=""') + "\n))"}, instant=True),
            Panel("quantity", "How much is used, in units?", "Gross quantity so far, by product and unit.", no_bill, "lines", COUNT,
                  {"{{sku}} ({{unit_type}})": f"sum by (sku, unit_type) ({day.day(f'{bill}gross_quantity')})"}),
            Panel("prices", "Did GitHub change a price?", "Price per unit. Prices are never added up.", no_bill, "lines", DOLLARS,
                  {"{{sku}} {{model}} per {{unit_type}}": f"max by (sku, unit_type, model) ({day.day(PRICE)})"}),
            Panel("bill", "What is on the bill?", "Each organization's own newest day, one row per product, unit and model.",
                  no_bill, "table", COUNT, {name: now.newest(bill + metric) for name, metric in {
                      "Quantity": "gross_quantity", "Covered": "discount_quantity", "Charged": "net_quantity",
                      "Price": "price_per_unit", "Gross": "gross_amount", "Discount": "discount_amount",
                      "Net": "net_amount"}.items()}, instant=True,
                  units={"Price": DOLLARS, "Gross": DOLLARS, "Discount": DOLLARS, "Net": DOLLARS}, width=24),
            Panel("tokens", "What drives usage from the CLI?", "Tokens sent and returned per day.",
                  "Days without use of the CLI.", "lines", COUNT, {
                      ORG: f"{day.day(f'{tokens}prompt_tokens_sum')} + on (organization) {day.day(f'{tokens}output_tokens_sum')}"}),
        ]),
    ], variables=("budget",))
