import Domain
import Testing

@Suite("The organizations that are chosen")
struct OrganizationSelectionTests {
    @Test(
        "match patterns in any case, with * for any text",
        arguments: [
            ("acme", "acme", true), ("acme", "ACME", true), ("AcMe", "acme", true),
            ("acme", "acme-2", false), ("acme", "my-acme", false), ("*", "acme", true),
            ("**", "acme", true), ("acme*", "acme", true), ("acme*", "acme-2", true),
            ("*acme", "my-acme", true), ("*acme", "acme-2", false), ("*cm*", "acme", true),
            ("a*e", "acme", true), ("a*e", "ae", true), ("a*a", "a", false),
            ("ab*ba", "aba", false),
            ("a*b*c", "a-b-b-c", true), ("a*bc*bc", "abc", false), ("a*b*b*c", "a-b-c", false),
            ("other, acme", "acme", true), ("other acme", "acme", true), (",acme,", "acme", true),
            ("other\n\tacme", "acme", true), ("a.b", "a.b", true), ("a.b", "axb", false),
        ])
    func patterns(text: String, login: String, isMatched: Bool) throws {
        let patterns = try #require(OrganizationPatterns(text))
        #expect(patterns.match(try #require(OrganizationLogin(login))) == isMatched)
    }

    @Test(
        "are refused if a pattern can match no login",
        arguments: ["", " , ", "ac/me", "acme;other", "https://github.com/acme", "a?me", "größe"])
    func refused(text: String) {
        #expect(OrganizationPatterns(text) == nil)
    }

    @Test(
        "leave out everything else, with the variable that does",
        arguments: [
            (nil, nil, nil), ("acme", nil, nil), ("other", nil, "ORGANIZATIONS does not name it"),
            (nil, "other", nil), (nil, "acme", "ORGANIZATIONS_EXCEPT leaves it out"),
            ("acme", "a*", "ORGANIZATIONS_EXCEPT leaves it out"), ("a*", "acme-*", nil),
        ] as [(String?, String?, String?)])
    func reasons(only: String?, except: String?, reason: String?) throws {
        let selection = OrganizationSelection(
            only: only.flatMap(OrganizationPatterns.init),
            except: except.flatMap(OrganizationPatterns.init))
        #expect(selection.reasonToLeaveOut(try #require(OrganizationLogin("acme"))) == reason)
    }

    @Test("know what they name, and what they name and leave out")
    func names() {
        let selection = OrganizationSelection(
            only: OrganizationPatterns("acme b* other"), except: OrganizationPatterns("o*"))
        #expect(selection.names.map(\.description) == ["acme"])
        #expect(selection.contradictions.map(\.description) == ["other"])
        #expect(OrganizationSelection.all.names.isEmpty)
    }
}
