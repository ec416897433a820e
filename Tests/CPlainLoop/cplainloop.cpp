#include "cplainloop.h"

#include <array>
#include <deque>
#include <map>
#include <new>
#include <simdjson.h>
#include <snappy.h>
#include <sstream>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

using namespace simdjson;

namespace {

void append_varint(std::string &bytes, uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes.push_back(char(value | 0x80));
    bytes.push_back(char(value));
}

// A field of a message: tag, length, bytes.
void append_field(std::string &bytes, char tag, std::string_view value) {
    bytes.push_back(tag);
    append_varint(bytes, value.size());
    bytes.append(value);
}

std::string label(std::string_view name, std::string_view value) {
    std::string label, field;
    append_field(label, 1 << 3 | 2, name);
    append_field(label, 2 << 3 | 2, value);
    append_field(field, 1 << 3 | 2, label);
    return field;
}

// What to do with the fields of an object.
struct Node {
    enum class Kind { value, label, object, list };
    struct Field {
        Kind kind;
        size_t number;  // Of the metric or label.
        Node *node;
    };
    std::unordered_map<std::string_view, Field> fields;
};

// What was read of a record, or of an element of a list.
struct Row {
    std::vector<std::pair<size_t, double>> values;
    std::array<std::string_view, 8> labels;
};

}  // namespace

struct cplainloop {
    dom::parser parser;
    std::deque<Node> nodes{1};
    std::deque<std::string> words;               // What the keys of the nodes refer to.
    std::vector<std::string> names;              // The label `__name__` of each metric.
    std::map<std::string, size_t> label_numbers;  // In the order in which a series has them.
    std::string organization, subject, sample, rest, series, body;
    size_t series_count = 0;
    cplainloop_counts counts = {};

    Node *add(Node *node, const std::string &name, Node::Kind kind, size_t number = 0) {
        auto known = node->fields.find(name);
        if (known != node->fields.end()) return known->second.node;
        bool has_node = kind == Node::Kind::object || kind == Node::Kind::list;
        Node *inner = has_node ? &nodes.emplace_back() : nullptr;
        node->fields[words.emplace_back(name)] = {kind, number, inner};
        return inner;
    }

    void add_metric(const std::string &name, std::string path, const std::string &labels) {
        Node *node = &nodes.front();
        for (size_t dot; (dot = path.find('.')) != path.npos; path.erase(0, dot + 1)) {
            bool is_list = path[dot - 1] == ']';
            std::string part = path.substr(0, is_list ? dot - 2 : dot);
            node = add(node, part, is_list ? Node::Kind::list : Node::Kind::object);
        }
        add(node, path, Node::Kind::value, names.size());
        names.push_back(label("__name__", name));
        std::istringstream words(labels);
        for (std::string word; std::getline(words, word, ',');)
            add(node, word, Node::Kind::label, label_numbers.at(word));
    }

    void read(const Node &node, const dom::object &object, Row &row) {
        for (auto [key, value] : object) {
            auto found = node.fields.find(key);
            if (found == node.fields.end()) continue;
            const Node::Field &field = found->second;
            double number;
            dom::object inner;
            dom::array list;
            switch (field.kind) {
            case Node::Kind::value:
                if (!value.get(number)) row.values.emplace_back(field.number, number);
                break;
            case Node::Kind::label: (void)value.get(row.labels[field.number]); break;
            case Node::Kind::object:
                if (!value.get(inner)) read(*field.node, inner, row);
                break;
            case Node::Kind::list:
                if (value.get(list)) break;
                for (dom::element element : list) {
                    Row entry;
                    if (!element.get(inner)) read(*field.node, inner, entry);
                    write(entry);
                }
            }
        }
    }

    void write(const Row &row) {
        rest.clear();
        for (auto &[name, number] : label_numbers)
            if (!row.labels[number].empty()) rest += label(name, row.labels[number]);
        rest += subject;
        rest += sample;
        for (auto [metric, value] : row.values) {
            series.push_back(1 << 3 | 2);
            append_varint(series, names[metric].size() + rest.size());
            series += names[metric];
            series += rest;
            std::memcpy(&series[series.size() - sample.size() + 3], &value, sizeof value);
            if (++series_count == 2'000) compress();
        }
    }

    void compress() {
        size_t size;
        body.resize(snappy::MaxCompressedLength(series.size()));
        snappy::RawCompress(series.data(), series.size(), body.data(), &size);
        counts.samples += series_count;
        counts.raw_bytes += series.size();
        counts.body_bytes += size;
        series.clear();
        series_count = 0;
    }
};

cplainloop *cplainloop_new(const char *metrics, const char *organization, int64_t milliseconds) {
    auto loop = new (std::nothrow) cplainloop;
    if (!loop) return nullptr;
    for (auto name : {"feature", "ide", "language", "model"})
        loop->label_numbers.emplace(name, loop->label_numbers.size());
    std::istringstream lines(metrics);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string name, path, labels;
        words >> name >> path >> labels;
        loop->add_metric(name, path, labels);
    }
    loop->organization = label("organization", organization);
    std::string sample(1, 1 << 3 | 1);
    sample.append(sizeof(double), 0);
    sample.push_back(2 << 3);
    append_varint(sample, uint64_t(milliseconds));
    append_field(loop->sample, 2 << 3 | 2, sample);
    return loop;
}

void cplainloop_free(cplainloop *loop) { delete loop; }

int cplainloop_take(cplainloop *loop, const uint8_t *line, size_t length) {
    dom::object record;
    int64_t id;
    std::string_view login;
    error_code error = loop->parser.parse(line, length, false).get(record);
    if (!error) error = record["user_id"].get(id);
    if (!error) error = record["user_login"].get(login);
    if (error) return error;
    loop->subject = loop->organization + label("user_id", std::to_string(id))
        + label("user_login", login);
    Row row;
    loop->read(loop->nodes.front(), record, row);
    loop->write(row);
    return SUCCESS;
}

cplainloop_counts cplainloop_finish(cplainloop *loop) {
    loop->compress();
    return loop->counts;
}
