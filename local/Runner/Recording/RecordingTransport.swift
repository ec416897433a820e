import Domain
import Ports

/// A transport that records each request and the part of its response that was read.
struct RecordingTransport: HTTPTransport {
    private let transport: any HTTPTransport
    private let session: RecordingSession

    init(_ transport: any HTTPTransport, _ session: RecordingSession) {
        self.transport = transport
        self.session = session
    }

    func send(_ request: HTTPClientRequest) async throws(Failure) -> HTTPClientResponse {
        learn(request)
        let place = session.note { run, number in
            var exchange = RecordedRun.Exchange(request)
            exchange.began = number
            run.exchanges.append(exchange)
            return run.exchanges.count - 1
        }
        do throws(Failure) {
            let reply = try await transport.send(request)
            if let location = reply.fields["location"] { session.scrubber.learn(address: location) }
            session.note { run, number in
                run.exchanges[place].answered = number
                run.exchanges[place].status = reply.status
                run.exchanges[place].fields = reply.fields.filter { $0.key != "set-cookie" }
            }
            let body = HTTPBody { () async throws(Failure) in try await read(reply.body, at: place)
            }
            return HTTPClientResponse(status: reply.status, fields: reply.fields, body: body)
        } catch {
            session.note { run, number in
                run.exchanges[place].answered = number
                run.exchanges[place].failure = RecordedRun.Mishap(error)
            }
            throw error
        }
    }

    private func read(_ body: HTTPBody, at place: Int) async throws(Failure) -> [UInt8]? {
        do throws(Failure) {
            guard let chunk = try await body.next() else {
                session.note { run, number in run.exchanges[place].ended = number }
                return nil
            }
            session.note { $0.exchanges[place].appendReply(chunk) }
            return chunk
        } catch {
            session.note { run, number in
                run.exchanges[place].ended = number
                run.exchanges[place].failure = RecordedRun.Mishap(error)
            }
            throw error
        }
    }

    private func learn(_ request: HTTPClientRequest) {
        session.scrubber.learn(address: request.url)
        session.scrubber.learn(document: request.body)
        for value in request.secretFields.values {
            value.reveal { session.scrubber.learn(credentials: $0) }
        }
    }
}

extension RecordedRun.Exchange {
    /// Records a request, without the values of its secret headers.
    init(_ request: HTTPClientRequest) {
        method = request.method
        url = request.url
        secretFields =
            request.secretFields.isEmpty ? nil : request.secretFields.keys.sorted()
        body = request.body.isEmpty ? nil : .bytes(request.body)
    }

    /// Records a chunk of the response body.
    mutating func appendReply(_ chunk: [UInt8]) {
        guard case .bytes(var bytes) = reply else {
            reply = .bytes(chunk)
            return
        }
        reply = nil  // Otherwise each chunk would copy the bytes.
        bytes += chunk
        reply = .bytes(bytes)
    }
}
