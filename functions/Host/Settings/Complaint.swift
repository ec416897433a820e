/// What is wrong with something a person wrote, as the rest of a sentence that began with its name.
struct Complaint: Error {
    let sentence: String

    init(_ sentence: String) { self.sentence = sentence }
}
