"""The time that programs see, which is not that of this machine."""

import datetime
import glob
import os

UTC = datetime.timezone.utc


class Clock:
    """This day, and the days after it, through libfaketime.

    By seven the reports of the day before are there, and so is the daily tick; before that it is the evening.
    At any other hour the time is as it is, because a program whose time is moved sometimes waits for hours.
    """

    def __init__(self, folder: str):
        self.file = os.path.join(folder, "time")
        now = datetime.datetime.now(UTC)
        evening = datetime.datetime.combine(now.date(), datetime.time(18), UTC)
        self.ahead = evening - now if now.hour < 7 else datetime.timedelta(0)
        self.days = 0
        self.advance(0)
        found = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
        assert found, "faketime is missing: run infra/debian/install.sh test"
        self.environment = {
            "LD_PRELOAD": found[0], "FAKETIME_TIMESTAMP_FILE": self.file, "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1"}

    def advance(self, days: int) -> None:
        self.days += days
        offset = self.ahead + datetime.timedelta(days=self.days)
        # A reader never finds half a line.
        with open(self.file + ".new", "w") as file:
            file.write(f"{int(offset.total_seconds()):+d}\n")
        os.replace(self.file + ".new", self.file)

    def newest(self) -> str:
        """The newest day that has a report."""
        now = datetime.datetime.now(UTC) + self.ahead
        return str(now.date() + datetime.timedelta(days=self.days - 1))
