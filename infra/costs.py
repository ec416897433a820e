#!/usr/bin/env python3
"""What each deployment costs per month, with every number that goes into it.

    infra/costs.py                                   prints the tables of docs/costs.md
    infra/costs.py --organizations 250 --seats 2000  prints them for your numbers

Prices are list prices in us-east-1, in dollars, without taxes, discounts and free allowances, as of
2026-09 (the pages are named beside them); they change, and other regions cost 0 to 40 % more."""

import argparse
import math

DAYS = 30.4

# Measured on two busy cores: one day of a generated organization of 1,000 seats, 580 of them active,
# against the simulated GitHub, sent by remote write.
SENT_BYTES_A_SEAT = 690  # 684,458 bytes for 1,000 seats
MANIFEST_BYTES = 1_300
# Assumed. GitHub answers in 0.25 s; a collection asks for a token, 3 reports, a file for each 100 to
# 1,000 records, a page of members for each 100 seats and up to 6 pages of the bill, one after another.
ANSWER_SECONDS = 0.25
FIXED_REQUESTS = 12
# Assumed. Each day is read on three ticks (LOOKBACK_DAYS), and GitHub revises it once in between.
READS_A_DAY = 3
SENDS_A_DAY = 2
# Assumed: two log lines of a collection.
LOG_BYTES = 800
# Configured in infra/aws/template.yaml and infra/kubernetes/worker.yaml.
LAMBDA_GIGABYTES = 0.5
LAMBDA_CONCURRENCY = 10
# Assumed. A function takes up to four messages at once; not every batch is full, and the slowest holds it.
COLLECTIONS_A_CALL = 2
WORKER_CONCURRENCY = 2 * 4

PRICE = {
    # aws.amazon.com/lambda/pricing
    "lambda gigabyte-second": 0.0000166667, "lambda request": 0.20e-6,
    # aws.amazon.com/sqs/pricing, standard queue, with what messages of groups cost more
    "sqs request": 0.50e-6,
    # aws.amazon.com/dynamodb/pricing/on-demand
    "dynamodb read": 0.125e-6, "dynamodb write": 0.625e-6, "dynamodb gigabyte": 0.25, "dynamodb backup gigabyte": 0.20,
    # aws.amazon.com/cloudwatch/pricing, aws.amazon.com/secrets-manager/pricing, aws.amazon.com/ecr/pricing
    "log gigabyte": 0.50, "alarm": 0.10, "secret": 0.40, "image gigabyte": 0.10,
    # aws.amazon.com/ec2/pricing/on-demand: to the internet, and a t4g.small with 10 GB of disk
    "sent gigabyte": 0.09, "small machine": 0.0168 * 730 + 10 * 0.08,
    # aws.amazon.com/rds/postgresql/pricing: a db.t4g.micro in one zone with 20 GB
    "small database": 0.016 * 730 + 20 * 0.115,
    # aws.amazon.com/eks/pricing
    "cluster": 0.10 * 730,
}


def collection_seconds(seats: int) -> float:
    """How long a collection takes; it waits nearly all of the time."""
    files = 3 + math.ceil(seats / 150)
    members = math.ceil(seats / 100)
    return (FIXED_REQUESTS + files + members) * ANSWER_SECONDS


def aws(organizations: int, seats: int) -> list[tuple[str, str, float]]:
    """What is paid for, how the amount comes about, dollars per month."""
    collections = organizations * READS_A_DAY * DAYS
    seconds = collection_seconds(seats)
    rows = []

    def add(what: str, how: str, amount: float, price: str) -> None:
        rows.append((what, f"{how} × ${PRICE[price]:.10f}".rstrip("0").rstrip("."), amount * PRICE[price]))

    invocations = collections / COLLECTIONS_A_CALL
    gigabyte_seconds = invocations * seconds * LAMBDA_GIGABYTES
    add("Lambda, time", f"{collections:,.0f} ÷ {COLLECTIONS_A_CALL} × {seconds:.2f} s × {LAMBDA_GIGABYTES} GB = {gigabyte_seconds:,.0f} GB-s",
        gigabyte_seconds, "lambda gigabyte-second")
    add("Lambda, calls", f"{invocations:,.0f}", invocations, "lambda request")
    # Five pollers ask an idle queue every 20 seconds, whatever there is to do.
    polls = 5 * 3 * 60 * 24 * DAYS
    queue = collections * (0.1 + 2) + polls
    add("SQS", f"{collections:,.0f} × 2.1 + {polls:,.0f} polls = {queue:,.0f}", queue, "sqs request")
    # A tick reads 28 days of manifests of each organization, 4 KB a unit; a collection its own,
    # the state of its days, and its problems.
    reads = organizations * DAYS * math.ceil(28 * MANIFEST_BYTES / 4096) + collections * 3
    writes = collections * math.ceil(MANIFEST_BYTES / 1024)
    stored = organizations * 365 * MANIFEST_BYTES / 1e9
    add("DynamoDB, reads", f"{reads:,.0f}", reads, "dynamodb read")
    add("DynamoDB, writes", f"{writes:,.0f}", writes, "dynamodb write")
    add("DynamoDB, a year of manifests", f"{stored:.3f} GB", stored, "dynamodb gigabyte")
    add("DynamoDB, recovery", f"{stored:.3f} GB", stored, "dynamodb backup gigabyte")
    logs = collections * LOG_BYTES / 1e9
    add("Logs", f"{logs:.3f} GB", logs, "log gigabyte")
    sent = organizations * seats * SENT_BYTES_A_SEAT * SENDS_A_DAY * DAYS / 1e9
    add("Samples to an external backend", f"{sent:.2f} GB", sent, "sent gigabyte")
    add("Alarms", "10", 10, "alarm")
    add("Secret", "1", 1, "secret")
    add("Image", "0.02 GB", 0.02, "image gigabyte")
    return rows


def deployments(organizations: int, seats: int) -> list[tuple[str, float | None, float]]:
    """A deployment, dollars per month, hours until the last organization of a day is collected."""
    sent = organizations * seats * SENT_BYTES_A_SEAT * SENDS_A_DAY * DAYS / 1e9 * PRICE["sent gigabyte"]
    work = organizations * READS_A_DAY * collection_seconds(seats) / 3600
    machine, database = PRICE["small machine"], PRICE["small database"]
    return [
        ("local runner on a small machine", machine + sent, work / 4),
        ("PostgreSQL + worker, on one small machine", machine + sent, work / WORKER_CONCURRENCY),
        ("PostgreSQL + worker, managed database", machine + database + sent, work / WORKER_CONCURRENCY),
        ("Kubernetes or Knative, existing cluster and database", sent, work / WORKER_CONCURRENCY),
        ("Kubernetes or Knative, own cluster and database", PRICE["cluster"] + 2 * machine + database + sent, work / WORKER_CONCURRENCY),
        ("AWS, infra/aws", sum(cost for _, _, cost in aws(organizations, seats)), work / (LAMBDA_CONCURRENCY * COLLECTIONS_A_CALL)),
    ]


def counted(count: int) -> str:
    return f"{count:,} organization" + ("" if count == 1 else "s")


def hours(value: float) -> str:
    return f"{math.ceil(value * 60)} min" if value < 1 else f"{value:.1f} h"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--organizations", type=int, nargs="+", default=[10, 1_000, 10_000])
    parser.add_argument("--seats", type=int, default=200, help="seats per organization (200)")
    options = parser.parse_args()
    if min(options.organizations) < 1 or options.seats < 1:
        parser.error("--organizations and --seats must be at least 1")

    columns = [deployments(count, options.seats) for count in options.organizations]
    names = [counted(count) for count in options.organizations]
    print(f"| per month, {options.seats:,} seats each | " + " | ".join(names) + " |")
    print("| --- |" + " ---: |" * len(names))
    for rows in zip(*columns):
        print(f"| {rows[0][0]} | " + " | ".join(f"${cost:,.2f}, {hours(time)}" for _, cost, time in rows) + " |")
    for count in options.organizations:
        rows = aws(count, options.seats)
        print(f"\n| AWS, {counted(count)} | how | per month |\n| --- | --- | ---: |")
        for what, how, cost in rows:
            print(f"| {what} | {how} | ${cost:,.2f} |")
        print(f"| **sum** | | **${sum(cost for _, _, cost in rows):,.2f}** |")


main()
