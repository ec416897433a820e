public import FunctionInterface

extension WebResult: FunctionOutput {
    /// The response to the browser.
    public var summary: Conclusion.Summary {
        .page(WebPage(status: status, headers: headers, body: body, integration: integration))
    }

    /// A fault if the browser was refused.
    public var exitStatus: CommandStatus { CommandStatus(httpStatus: status) }
}
