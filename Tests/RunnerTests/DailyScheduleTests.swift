import Domain
import Runner
import Testing

@Suite("The daily schedule")
struct DailyScheduleTests {
    let six = DailySchedule()
    let firstDay = Day(number: 20_000)

    @Test(
        "parses a time of day",
        arguments: [("00:00", 0), ("06:00", 360), ("23:59", 1_439), ("09:30", 570)])
    func reads(text: String, minutes: Int) {
        #expect(DailySchedule(text)?.timeOfDay == .seconds(minutes * 60))
    }

    @Test(
        "rejects anything but a time of day",
        arguments: ["", "6", "6:00", "24:00", "12:60", "-1:00", "1200", "ab:cd", "12:0x", "٠٦:00"])
    func refuses(text: String) { #expect(DailySchedule(text) == nil) }

    @Test(
        "returns missed moments, at most the newest ones",
        arguments: [(0, 0), (1, 1), (3, 3), (5, 5), (6, 5), (400, 5)])
    func missed(daysAway: Int, count: Int) {
        let last = six.moment(on: firstDay)
        let now = six.moment(on: firstDay.advanced(by: daysAway))
        let due = six.due(after: last, through: now, countMax: 5)
        #expect(due.count == count)
        #expect(due.last == (count == 0 ? nil : now))
        #expect(due == due.sorted() && due.allSatisfy { last < $0 && $0 <= now })
    }

    @Test(
        "is due at its moment, not before, and not twice",
        arguments: [(-1, 0), (0, 1), (1, 1), (86_399, 1), (86_400, 2)])
    func edges(seconds: Int, count: Int) {
        let now = six.moment(on: firstDay).advanced(by: .seconds(seconds))
        let dayBefore = six.moment(on: firstDay.advanced(by: -1))
        #expect(six.due(after: dayBefore, through: now, countMax: 9).count == count)
        #expect(six.due(after: now, through: now, countMax: 9).isEmpty)
    }

    @Test("has nothing due after the clock was set back")
    func back() {
        let now = six.moment(on: firstDay)
        let later = six.moment(on: firstDay.advanced(by: 9))
        #expect(six.due(after: later, through: now, countMax: 5).isEmpty)
    }

    @Test("returns the next moment", arguments: [(-1, 0), (0, 1), (1, 1)])
    func next(seconds: Int, days: Int) {
        let now = six.moment(on: firstDay).advanced(by: .seconds(seconds))
        #expect(six.next(after: now) == six.moment(on: firstDay.advanced(by: days)))
    }
}
