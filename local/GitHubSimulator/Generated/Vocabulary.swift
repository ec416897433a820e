/// The words in generated reports, the most common first.
///
/// The values are those of GitHub's reference. GitHub calls capped buckets `others` and values that
/// telemetry did not report `unknown`,
/// <https://docs.github.com/en/copilot/reference/copilot-usage-metrics/copilot-usage-metrics>.
enum Vocabulary {
    static let ides = [
        "vscode", "intellij", "visualstudio", "neovim", "xcode", "eclipse", "zed", "others",
    ]
    static let languages = [
        "typescript", "python", "go", "swift", "java", "c#", "rust", "kotlin", "sql",
        "markdown", "shellscript", "objective-c++", "unknown", "others",
    ]
    static let chatFeatures = [
        "chat_panel_agent_mode", "chat_panel_ask_mode", "chat_inline", "agent_edit",
        "chat_panel_edit_mode", "chat_panel_plan_mode", "chat_panel_custom_mode",
        "chat_panel_unknown_mode", "others",
    ]
    static let models = [
        "claude-sonnet-4.6", "gpt-5.4", "auto", "gemini-3-pro", "gpt-5.4-mini",
        "claude-opus-4.6", "unknown", "others",
    ]
    static let commentTypes = ["bug_risk", "security", "performance", "readability", "Unknown"]
    static let phases = ["No Cohort", "Phase 1", "Phase 2", "Phase 3"]

    // Billing uses display names instead of the IDs in reports.
    static let billedModels = [
        "Claude Sonnet 4.6", "GPT-5.4", "Auto: Claude Haiku 4.5", "Coding Agent model",
    ]

    static let teamSlugs = [
        "platform", "backend", "web", "mobile", "data", "security", "design-systems", "sre",
    ]
    static let givenNames = [
        "Ada", "Bo", "Chidi", "Dana", "Eun-ji", "Fatima", "Grace", "Håkon", "Inés", "Jürgen",
        "Kenji", "Łucja", "Mina", "Noor", "Óscar", "Priya", "Quinn", "Rosa", "Sørine", "Taro",
    ]
    static let familyNames = [
        "Almeida", "Björk", "Çelik", "Dvořák", "Eze", "Ferreira", "García", "Hașdeu", "李",
        "Jansen", "Kowalska", "Nguyễn", "O'Brien", "Petrov", "山田", "Weiß",
    ]
}
