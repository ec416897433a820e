import Deployment
import Toolbox

/// `docs/configuration.md`: the table of variables as a page.
enum ConfigurationPage {
    static var markdown: String {
        ([introduction] + Variable.sections.map(section)).joined(separator: "\n\n") + "\n"
    }

    private static var introduction: String {
        #"""
        # Configuration

        <!-- Generated from functions/Hosting/Deployment/Settings/Variable.swift by `make docs`: edit the table there. -->

        Both programs are configured by environment variables. They read them once, at start, and report
        everything that is wrong together. `--env-file FILE` adds the variables of a file; a variable of
        the environment takes precedence over the file, and an empty one counts as not set. `--help` of
        `copilot-functions` and [the commands](commands.md) name them too.

        None of the `GITHUB_APP_…` variables is needed for an App that [`/setup`](deploy/local.md#make-the-app)
        made: functions find it in the state store. One that is set means that all are: then the stored App is
        not used. `GITHUB_APP_SLUG` alone only replaces the name.

        A file holds one `NAME=value` per line:

        ```dotenv
        # A comment
        export GITHUB_APP_ID=123456        # a comment after a space
        GITHUB_APP_CLIENT_SECRET='taken as it stands'
        GITHUB_APP_PRIVATE_KEY="-----BEGIN RSA PRIVATE KEY-----\nbetween double quotes \n is a line break, and a value may span lines"
        ```

        Nothing is expanded: `$` is a dollar sign. The last of several values of one variable wins. Relative
        paths are relative to the file; in the environment, to the working directory.

        Values of variables marked *secret* are never logged or printed. Where `STATE_ENCRYPTION_KEYS` is not
        set and state is in a folder, the local runner generates a key on first use and keeps it beside that
        folder: `./state.key` for `./state`.
        """#
    }

    private static func section(_ section: Variable.Section) -> String {
        "## \(section.title)\n\n"
            + Markdown.table(
                [
                    "Variable", "Meaning", "Default in the container",
                    "Default in the local runner", "Secret",
                ],
                section.entries.map { entry in
                    [
                        Markdown.code(entry.variable.rawValue), entry.markdown.sentence,
                        entry.containerDefault.map(Markdown.code) ?? "–",
                        entry.localDefault.map(Markdown.code) ?? "–", entry.isSecret ? "yes" : "",
                    ]
                })
    }
}
