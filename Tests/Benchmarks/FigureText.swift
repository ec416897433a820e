import Toolbox

extension Figures {
    /// The figures as a person reads them.
    var text: String {
        let parts = [
            pipelineText, floorText, collectText, tickText, pageText, engineText,
            instructionText, programText,
        ]
        return parts.joined(separator: "\n")
    }

    private var pipelineText: String {
        var table = TextTable([
            "users", "stage", "users/s", "samples/s", "MB/s in", "MB out", "peak MiB",
            "users/s of a core",
        ])
        for users in sizes {
            for stage in [Stage.records, .bodies, .acknowledged] {
                guard let found = measurement(stage, users) else { continue }
                table.add([
                    users.grouped, stage.title, found.usersPerSecond.grouped,
                    found.samplesPerSecond.grouped, found.megabytesPerSecond.grouped,
                    stage == .records ? "" : (Double(found.bytesOut) / 1e6).tenths,
                    found.peakMebibytes.tenths, (1e6 / found.microsecondsPerUser(.all)).grouped,
                ])
            }
        }
        return """
            FROM A REPORT'S BYTES, median of \(runs) runs; the last column counts only the time that
            the program had a core, which what else runs on the machine does not change
            \(table.text)
            """
    }

    private var floorText: String {
        var table = TextTable([
            "users", "parse", "copy", "compress", "floor", "ours", "floor/ours", "C++ loop",
            "C++ loop/ours",
        ])
        for users in sizes {
            guard let floor = measurement(.floor, users), let ours = measurement(.bodies, users),
                let plain = measurement(.plain, users)
            else { continue }
            let sum = [Measurement.Step.parse, .copy, .compress].map(floor.microsecondsPerUser)
                .reduce(0, +)
            let all = ours.microsecondsPerUser(.all)
            table.add([
                users.grouped, floor.microsecondsPerUser(.parse).hundredths,
                floor.microsecondsPerUser(.copy).hundredths,
                floor.microsecondsPerUser(.compress).hundredths, sum.hundredths, all.hundredths,
                (sum / all).hundredths, plain.microsecondsPerUser(.all).hundredths,
                (plain.microsecondsPerUser(.all) / all).hundredths,
            ])
        }
        return """
            WHAT NOBODY CAN DO WITHOUT, in millionths of a second of one core a user: simdjson over
            the lines, one copy of the uncompressed bodies, snappy over them; ours is bytes to bodies, the
            reading that sends; the C++ loop does that and nothing else, and makes the same bytes
            \(table.text)
            """
    }

    private var collectText: String {
        guard !collect.isEmpty else { return "" }
        var table = TextTable([
            "users", "s", "users/s", "core s", "MB in", "MB out", "requests", "peak MiB",
            "identity",
            "with",
        ])
        for run in collect {
            table.add([
                run.users.grouped, run.seconds.median.hundredths,
                (Double(run.users) / run.seconds.median).grouped,
                run.coreSeconds.median.hundredths, (Double(run.bytesIn) / 1e6).tenths,
                (Double(run.bytesOut) / 1e6).tenths, run.requests.grouped,
                (Double(run.peakByteCount) / 1_048_576).tenths, run.identity,
                run.condition.title,
            ])
        }
        return """
            A WHOLE onCollectOrg, from the start of copilot-functions to its end: three reports, the
            bill and the members from a GitHub on loopback, samples to a backend on loopback
            \(table.text)
            """
    }

    var tickText: String {
        guard !ticks.isEmpty else { return "" }
        var table = TextTable(["organizations", "days kept of each", "s", "events"])
        for tick in ticks {
            table.add([
                tick.organizations.grouped, tick.days.grouped, tick.seconds.median.hundredths,
                tick.events.grouped,
            ])
        }
        return "onDailyTick, store in files, a GitHub that answers at once\n\(table.text)"
    }

    private var engineText: String {
        var table = TextTable(["operations/s"] + engines.map(\.name))
        for (number, row) in (engines.first?.rows ?? []).enumerated() {
            table.add([row.what] + engines.map { $0.rows[number].operationsPerSecond.grouped })
        }
        return "STORE AND BUS, one after another, on the disk for temporary files\n\(table.text)"
    }

    private var instructionText: String {
        guard let instructions else {
            return "INSTRUCTIONS: valgrind is not installed, so they were not counted\n"
        }
        var table = TextTable(["workload", "instructions"])
        for workload in Instructions.Workload.allCases {
            guard let count = instructions.counts[workload] else { continue }
            table.add([workload.title, count.grouped])
        }
        return "INSTRUCTIONS, under callgrind\n\(table.text)"
    }

    private var programText: String {
        guard let program else { return "" }
        func megabytes(_ count: Int) -> String { "\((Double(count) / 1e6).tenths) MB" }
        var table = TextTable(["started for", "ms to the first answer"])
        table.add(["one event", (program.eventSeconds * 1_000).tenths])
        table.add(["HTTP", (program.httpSeconds * 1_000).tenths])
        table.add(["Lambda", (program.lambdaSeconds * 1_000).tenths])
        return """
            COPILOT-FUNCTIONS, \(megabytes(program.root.programByteCount)) stripped; its root \
            filesystem \(megabytes(program.root.byteCount)), gzipped \
            \(megabytes(program.root.gzipByteCount))
            \(table.text)
            """
    }
}

extension Stage {
    /// What a person calls it.
    fileprivate var title: String {
        switch self {
        case .generate: "made up"
        case .records: "bytes to samples"
        case .bodies: "bytes to bodies"
        case .acknowledged: "bytes to acknowledged"
        case .floor: "floor"
        case .plain: "C++ loop"
        }
    }
}
