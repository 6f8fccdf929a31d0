/// Bodies and answers of chats.
enum ChatExamples {
  static let whole = """
    {"model":"Qwen/Qwen3-0.6B","messages":[{"role":"system","content":"You are a helpful assistant."},\
    {"role":"user","content":"What is confidential computing?"}],"temperature":0.7,"max_tokens":1000}
    """

  static let stream = """
    {"model":"Qwen/Qwen3-0.6B","messages":[{"role":"user","content":"What is confidential computing?"}],\
    "stream":true,"stream_options":{"include_usage":true}}
    """

  static let tools = """
    {"model":"Qwen/Qwen3-0.6B","messages":[{"role":"user","content":"What is the weather in Bern?"}],\
    "tools":[{"type":"function","function":{"name":"get_weather","description":"Today's weather in a city",\
    "parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}}]}
    """

  static let answer = """
    {"id":"chatcmpl-123","object":"chat.completion","created":1700000000,"model":"Qwen/Qwen3-0.6B",\
    "choices":[{"index":0,"message":{"role":"assistant","content":"Computing on data that stays protected."},\
    "finish_reason":"stop"}],"usage":{"prompt_tokens":25,"completion_tokens":8,"total_tokens":33}}
    """

  static let events = """
    data: {"id":"chatcmpl-123","object":"chat.completion.chunk","created":1700000000,"model":"Qwen/Qwen3-0.6B",\
    "choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}]}

    data: {"id":"chatcmpl-123","object":"chat.completion.chunk","created":1700000000,"model":"Qwen/Qwen3-0.6B",\
    "choices":[{"index":0,"delta":{"content":"Computing on"},"logprobs":null,"finish_reason":null}]}

    data: [DONE]


    """
}

/// Models.
enum ModelExamples {
  static let model = """
    {"id":"Qwen/Qwen3-0.6B","object":"model","created":1700000000,"owned_by":"nomyo","permission":[],\
    "root":"Qwen/Qwen3-0.6B","parent":null}
    """
}
