/// A tool that the caller runs and whose parameters Anthropic's models know by heart; other models have to be told.
///
/// The parameters are those of Anthropic's documentation of its client tools.
struct AnthropicClientTool {
  let description: String
  /// A JSON schema.
  let schema: String

  /// A tool by its versioned type, nil where it is none of these.
  init?(type: String) {
    if type.hasPrefix("bash_") {
      self = Self.bash
    } else if type.hasPrefix("text_editor_") {
      self = Self.textEditor
    } else {
      return nil
    }
  }

  private init(description: String, schema: String) {
    self.description = description
    self.schema = schema
  }

  private static let bash = AnthropicClientTool(
    description:
      "Runs a command in a bash session that stays open from one call to the next, and returns what it printed.",
    schema: """
      {"type":"object","properties":{\
      "command":{"type":"string","description":"The command to run. Required unless restart is true."},\
      "restart":{"type":"boolean","description":"Whether to start the session anew instead."}}}
      """)

  private static let textEditor = AnthropicClientTool(
    description: """
      Shows and edits files. view shows a file with line numbers, or what is in a directory. create writes a new file. \
      str_replace puts new_str in the place of old_str, which must be in the file exactly once. insert puts insert_text \
      after a line.
      """,
    schema: """
      {"type":"object","properties":{\
      "command":{"type":"string","enum":["view","create","str_replace","insert"]},\
      "path":{"type":"string","description":"The file or directory."},\
      "view_range":{"type":"array","items":{"type":"integer"},"minItems":2,"maxItems":2,\
      "description":"For view: the first and the last line, counted from 1; -1 is the end of the file."},\
      "file_text":{"type":"string","description":"For create: what the file holds."},\
      "old_str":{"type":"string","description":"For str_replace: the text to replace."},\
      "new_str":{"type":"string","description":"For str_replace: the text in its place. For insert in old versions: \
      the text to put in."},\
      "insert_line":{"type":"integer","description":"For insert: the line after which, 0 is the beginning."},\
      "insert_text":{"type":"string","description":"For insert: the text to put in."}},\
      "required":["command","path"]}
      """)
}
