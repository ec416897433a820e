import Deployment
import Domain
import Host
import Ports
import Testing

@Suite("The mode of the function host")
struct ModeTests {
    typealias Start = (target: String?, event: String?, environment: [String: String])

    @Test(
        "follows from how it was started",
        arguments: [
            (("onCollectOrg", "-", [:]), Mode.event(.onCollectOrg, path: "-")),
            (
                (nil, "e.json", ["FUNCTION_TARGET": "onDailyTick"]),
                .event(.onDailyTick, path: "e.json")
            ),
            (
                (
                    "onAuthorize", "-",
                    ["FUNCTION_TARGET": "onDailyTick", "AWS_LAMBDA_RUNTIME_API": "x", "PORT": "?"]
                ),
                .event(.onAuthorize, path: "-")
            ),
            (
                (
                    nil, nil,
                    ["AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9001", "_HANDLER": "onCollectOrg"]
                ),
                .lambda(.onCollectOrg)
            ),
            (
                ("onDailyTick", nil, ["AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9001"]),
                .lambda(.onDailyTick)
            ),
            (("work", nil, ["FUNCTION_TARGET": "onCollectOrg"]), .worker),
            (("onAuthorize", nil, [:]), .http(.onAuthorize, port: 8080)),
            (
                (nil, nil, ["FUNCTION_TARGET": "onAuthorize", "PORT": "0"]),
                .http(.onAuthorize, port: 0)
            ),
            (
                (nil, nil, ["FUNCTION_TARGET": "onAuthorize", "PORT": ""]),
                .http(.onAuthorize, port: 8080)
            ),
        ] as [(Start, Mode)])
    func decision(start: Start, mode: Mode) throws {
        #expect(
            try Mode.decide(
                target: start.target, event: start.event, environment: start.environment) == mode)
    }

    @Test(
        "is wrong usage without a function, or with an unknown one",
        arguments: [
            ((nil, "-", [:]), "no function is named"),
            ((nil, nil, [:]), "no function is named"),
            (("oncollectorg", "-", [:]), "the first argument is not a function"),
            ((nil, nil, ["FUNCTION_TARGET": "x"]), "FUNCTION_TARGET is not a function"),
            (
                (nil, nil, ["AWS_LAMBDA_RUNTIME_API": "x", "_HANDLER": "y"]),
                "_HANDLER is not a function"
            ),
            (("onAuthorize", nil, ["PORT": "65536"]), "PORT must be a number from 0 to 65535"),
            (("work", "-", [:]), "leave out --event"),
        ] as [(Start, String)])
    func misuse(start: Start, words: String) {
        let failure = #expect(throws: Failure.self) {
            try Mode.decide(
                target: start.target, event: start.event, environment: start.environment)
        }
        #expect(failure?.code == .misconfigured)
        let message = failure?.message ?? ""
        #expect(message.contains(words), "\(message)")
        if words.contains("function") {
            for name in FunctionName.allCases { #expect(message.contains(name.rawValue)) }
        }
    }
}
