import Dialects
import HTTPTypes
import JSONText
import Listener
import Telemetry

/// What both of the operator's listeners answer with.
extension OutboundAnswer {
  static func json(_ body: [UInt8], status: HTTPResponse.Status = .ok) -> OutboundAnswer {
    OutboundAnswer(
      status: status, fields: [.contentType: "application/json", .cacheControl: "no-store"], body: body)
  }

  static func json(
    status: HTTPResponse.Status = .ok, _ write: (inout JSONWriter) -> Void
  ) -> OutboundAnswer {
    var writer = JSONWriter()
    write(&writer)
    return json(writer.bytes, status: status)
  }

  static func fault(_ fault: APIFault) -> OutboundAnswer {
    json(OpenAIError.body(of: fault), status: HTTPResponse.Status(code: fault.status))
  }
}

extension AdminSubject {
  /// The metrics in the form that a collector asks for.
  func figures(accept: String?) async -> OutboundAnswer {
    let format = MetricText.Format(accept: accept)
    let families = await metrics() + status().metricFamilies
    return OutboundAnswer(
      status: .ok, fields: [.contentType: format.contentType, .cacheControl: "no-store"],
      body: MetricText.text(families, as: format))
  }
}
