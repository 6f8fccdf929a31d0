extension LogMessage {
  /// The page docs/messages.md.
  static var page: String {
    let rows = all.map { message in
      "| `\(message.text)` | \(message.levels) | \(message.meaning) | \(message.remedy) | `\(message.id)` |"
    }
    return """
      # Messages of the log

      The log never holds anything of a prompt, an answer, a token or a key. In the journal each entry has the id of its
      message, which never changes:

      ```sh
      journalctl -u nomyo-proxy MESSAGE_ID=\(id(of: "router key refused"))
      journalctl -u nomyo-proxy -o json --output-fields=MESSAGE,NOMYO_REQUEST_ID,NOMYO_RESULT,NOMYO_TOTAL_MS
      ```

      | field | |
      |---|---|
      | `MESSAGE` | the message with its pairs, as the text format has it |
      | `MESSAGE_ID`, `PRIORITY`, `SYSLOG_IDENTIFIER`, `CODE_FILE`, `CODE_LINE`, `CODE_FUNC` | as systemd.journal-fields(7) has them; the identifier is `nomyo-proxy` |
      | `NOMYO_REQUEST_ID` | the request, as in the answer's `x-request-id` |
      | `NOMYO_ROUTE`, `NOMYO_STATUS`, `NOMYO_CODE`, `NOMYO_RESULT` | where a request went, and what came of it |
      | `NOMYO_QUEUE_MS`, `NOMYO_SEAL_MS`, `NOMYO_ROUTER_MS`, `NOMYO_OPEN_MS`, `NOMYO_TOTAL_MS` | where its time went |
      | `NOMYO_RETRIES`, `NOMYO_STREAM` | how often it was tried again, and whether the answer was a stream |
      | `NOMYO_KEY_GENERATION`, `NOMYO_FINGERPRINT`, `NOMYO_BITS` | the key that it is about |
      | `NOMYO_REASON` and others | the pairs of the message, each by its name in capitals |

      Entries are handed to the journal by a thread of its own, so a journal that does not take them holds nothing up; up to
      4096 wait, and of what does not fit the number is logged. Without a journal the lines go to standard error as JSON. What
      libraries log has the id `\(foreignID)`.

      | message | level | meaning | what to do | id |
      |---|---|---|---|---|
      \(rows.joined(separator: "\n"))

      """
  }
}
