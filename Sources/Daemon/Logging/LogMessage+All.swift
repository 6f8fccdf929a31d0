extension LogMessage {
  /// Every message, in the order in which people read about them.
  public static let all: [LogMessage] = [
    LogMessage(
      "4974aceb98ace46fdd34349d9ee734c9",
      "starting", "notice",
      "The configuration has been read, and the start begins.",
      do: """
        Nothing. `NOMYO_ROUTER`, `NOMYO_CONFIGURATION` and `NOMYO_API_KEY` say where to, from which \
        file, and whether an API key is `set`.
        """),
    LogMessage(
      "2e1651a2a827961e3e54cb0db6310ac3",
      "listening", "notice",
      "Callers are let in at this address.",
      do: "Nothing."),
    LogMessage(
      "6d76abb800a3538f0290dcd9cacbbf5f",
      "TLS certificate", "notice, warning",
      "Callers over TLS are shown this certificate. At `warning` when its time is over or has not come.",
      do: "Nothing; at `warning` put a valid one in the file and reload."),
    LogMessage(
      "e9d8f568542203dbba2f98bf7399cbc3",
      "TLS certificate replaced", "notice",
      "A reload found another certificate; new connections are shown it.",
      do: "Nothing."),
    LogMessage(
      "706da9024ce0fe6377a959a99af2e9f0",
      "TLS handshake failed", "debug",
      "A caller and the daemon did not agree on TLS; `NOMYO_REASON` says over what.",
      do: "Nothing, unless it is a caller of yours: `plain HTTP on a port for TLS` wants `https:` in its URL."
    ),
    LogMessage(
      "9b593330631b06dc107b2725dac3c5e3",
      "TLS connection broken", "debug",
      "A connection ended with a fault in TLS.",
      do: "Nothing, unless it goes on."),
    LogMessage(
      "3c3d1c7a17a011c2f65c1f3719a922dd",
      "ready", "notice",
      "A client key exists, the router's key is trusted, and callers are let in.",
      do: "Nothing."),
    LogMessage(
      "aec89df6a3de9649b86c46b9f72e2998",
      "draining", "notice",
      "The end has begun: no new connections, and requests under way are answered.",
      do: "Nothing."),
    LogMessage(
      "61aea732ac92c9a59304892cdd800770",
      "draining cut short", "notice",
      "A second signal ended the wait for requests under way.",
      do: "Nothing, if it was meant."),
    LogMessage(
      "1fd33ffb74304bc42ae34fe9d1b16a77",
      "drained", "notice",
      "Every request under way has ended.",
      do: """
        If `NOMYO_CANCELLED` is not 0, raise `shutdown.drain`. `NOMYO_UNRECEIVED` counts requests whose bodies were not all \
        there within a few seconds.
        """),
    LogMessage(
      "54e2aed66a0578c53e2d225259450859",
      "parts of the daemon do not answer", "error",
      """
      A loop or thread has not come round for half of the watchdog's interval. If it goes on, systemd \
      ends the daemon and starts it again.
      """,
      do: "Look whether the machine is overloaded; otherwise report it with `NOMYO_PARTS`."),
    LogMessage(
      "fe614141ed73cff32f079f8ff6aa5c50",
      "configuration", "warning",
      "Something in the configuration has no effect, or not the one that was probably meant.",
      do: "Do what the text says."),
    LogMessage(
      "32337eca318945195601430877efb80e",
      "configuration reloaded", "notice",
      "A changed configuration is in force.",
      do: "Nothing. `NOMYO_CHANGED` names the keys."),
    LogMessage(
      "fe1da55cb6dc9a1f2f3f25b21e50ceb3",
      "configuration not reloaded", "error",
      "The configuration has a fault, so all of it was left as it is. One line for each fault.",
      do: "Mend the fault and reload again; `nomyo-proxy check` reads it without reloading."),
    LogMessage(
      "43e2fb6712b2640457d90b9f2c19dcd3",
      "configuration not reloaded: restart for these changes", "error",
      "Some changes need a restart, so nothing was taken over.",
      do: "Restart, or take those changes back."),
    LogMessage(
      "27a710a32fa9180a53fd04c6f3f668a2",
      """
      no API key: each caller's own key goes to the router; set NOMYO_API_KEY or router.api_key_file
      """, "warning",
      "There is no API key of the daemon's own, at the start or since a reload.",
      do: "Nothing, if callers bring theirs; otherwise give it one."),
    LogMessage(
      "0cc00b5d17639e328232a01057702b54",
      "the way to the router is clear text: prompts are sealed, the API key is not", "warning",
      "`router.url` begins with `http:`.",
      do: "Use `https:` for anything but development."),
    LogMessage(
      "d9855100d38c87b9fd92df1fe919439f",
      "memory not fully protected", "warning",
      "Some protection of memory is not to be had.",
      do: "Do what `NOMYO_REASON` says."),
    LogMessage(
      "837863512b42b4901362dbae53013b72",
      "fewer connections than limits.connections: too few open files allowed", "warning",
      "The limit of open files does not suffice.",
      do: "Raise `LimitNOFILE=`."),
    LogMessage(
      "5170b4c9c17be4e3b80ddccbf4449a15",
      "socket not wanted by listen", "warning",
      "systemd passed a socket that `listen` does not name; it was closed.",
      do: "Name it in `listen`, or take it out of the socket unit."),
    LogMessage(
      "33e05d14a3bc22b8ea0231c36215db5f",
      "admin socket", "notice",
      "The operator's commands are answered here.",
      do: "Nothing."),
    LogMessage(
      "339f8376239a600c2b74784aed376915",
      "metrics", "notice",
      "Monitoring systems are answered here.",
      do: "Nothing."),
    LogMessage(
      "c56a5bc5f40ce2bdeabfcc985027aad0",
      "metrics request refused", "debug",
      "Somebody asked the listener for monitoring systems for what it does not have.",
      do: "Nothing, unless it goes on."),
    LogMessage(
      "b9ae60632a742c08ac127ba1275e0230",
      "no admin socket: there is no runtime directory, and admin.listen is not set", "notice",
      "`status`, `keys`, `trust` and `reload` cannot reach this daemon.",
      do: "Set `RuntimeDirectory=` or `admin.listen`."),
    LogMessage(
      "f3f4dc6a348f762b95726806062d92c4",
      "no admin socket: status, rotation and metrics cannot be had", "warning",
      "The admin socket could not be opened.",
      do: "Do what `NOMYO_REASON` says."),
    LogMessage(
      "6b7ede62cda6ae48abe8595ab1ec335b",
      "admin socket in a directory that others can write to", "warning",
      "Another user could put another socket in its place.",
      do: "Take the right to write from others, or choose another directory."),
    LogMessage(
      "819321ff1cf20d31545ff39d599aa838",
      "every program on this machine can steer the daemon: admin.listen is a port, and no socket", "warning",
      "A port has no owner.",
      do: "Use a unix socket."),
    LogMessage(
      "2a3e7dac2202b33f83d3b14be3270251",
      "admin request refused", "info",
      "Somebody asked the admin listener for what it does not do.",
      do: "Nothing, unless it goes on."),
    LogMessage(
      "069c4a736d380a240d9df426c85fcac1",
      "client key", "notice, debug",
      "A client key became current. At `debug` where `keys.max_uses` replaces keys all the time.",
      do: "Nothing."),
    LogMessage(
      "2882619271acbc7b586e736d198b42e3",
      "client key retired", "info, debug",
      "A client key is announced no more.",
      do: "Nothing."),
    LogMessage(
      "379a3f445190a2e03578ff72f68c8457",
      "client key not made", "error",
      "A client key could not be made or stored; it is tried again.",
      do: "Look at `NOMYO_REASON`."),
    LogMessage(
      "868c31aaa55873dd5526e1b35800cdba",
      "client key not rotated on SIGUSR1", "error",
      "The wish for another client key failed; it is tried again.",
      do: "Look at `NOMYO_REASON`."),
    LogMessage(
      "16c93c009ff1569169507d42e05ddec0",
      "rotated by the operator", "notice",
      "`nomyo-proxy keys rotate` replaced the client key.",
      do: "Nothing."),
    LogMessage(
      "aac62ac1f262a8dc3826ca2786746e7a",
      "key directory", "warning",
      "Something about the stored key is not as it should be.",
      do: "Do what `NOMYO_WARNING` says."),
    LogMessage(
      "ca5a6f0b916030fecc488e7c816bf2b5",
      "router key known", "notice",
      "The router's key was fetched and is trusted.",
      do: "Nothing."),
    LogMessage(
      "1bf101e3c9bf0a35948f6e28c9b3eeeb",
      "router key changed", "warning",
      "The router has another key, which is trusted.",
      do: """
        Compare the fingerprint with what the router's operator says, if the change was not announced.
        """),
    LogMessage(
      "1896a5589fd0ab1aadd5dfeee75914f8",
      "router key refused", "error",
      "The router shows a key that is not trusted. Nothing is sent.",
      do: "See [The router's key changed](operations.md#the-routers-key-changed)."),
    LogMessage(
      "3244ed489085bd95bc42ddcadb4f63b6",
      "router key not to be had", "warning, debug",
      "The router's key could not be fetched; it is tried again.",
      do: "`nomyo-proxy doctor` says what to do."),
    LogMessage(
      "f62e04702cf41ffa89378b898175d368",
      "router key accepted by the operator", "notice",
      "`nomyo-proxy trust accept` trusted a key.",
      do: "Nothing, if it was you."),
    LogMessage(
      "9d134c011228507758efd06a3b799810",
      "EVERYBODY WHO REACHES THIS ADDRESS CAN SPEND THE API KEY: access.unauthenticated_remote is true",
      "warning",
      "Others than this machine's programs reach the address, and no token is asked for.",
      do: "Set `access.tokens_file`, or make sure that something else keeps strangers away."),
    LogMessage(
      "1c56e8b2f5381714ba74136907d748c1",
      "clear text: whoever is on the way to this address can read callers' tokens, prompts and answers",
      "warning",
      "Others than this machine's programs reach the address, and there is no TLS.",
      do: "Put TLS in front of it, or use a network in which nobody listens."),
    LogMessage(
      "5d1c0f0e8a6b4f6c9b62f3a7d4e9017b",
      "callers from other machines are refused: access.hosts allows loopback names only",
      "warning",
      "Other machines reach the address, but neither its name nor its number is allowed in `Host`, so all they get is a 403.",
      do:
        "Add what callers write in their base URL to `access.hosts`, or `addresses` for any IP address."
    ),
    LogMessage(
      "ed55e26f2fb147b7237a40d72238d719",
      "trust not recorded", "warning",
      "The router's key is trusted, but that could not be written down.",
      do: "Do what `NOMYO_REASON` says."),
    LogMessage(
      "d91f5bceff36c75b50a721c5537cafa6",
      "the trust log was altered or cut; nothing is added to it", "error",
      "Somebody or something changed the log of trusted keys.",
      do: "`nomyo-proxy trust log` shows where; find out who did it."),
    LogMessage(
      "fcd40bea8ef3b7bb3147524763c97629",
      "the router's key is remembered only while the daemon runs", "warning",
      "There is no state directory, so the next start trusts whatever key comes first.",
      do: "Set `StateDirectory=`, or pin the key."),
    LogMessage(
      "22b4cd33f46f73a8beea738a78b46a8a",
      "sending stopped", "warning, info",
      """
      Nothing is sent, by the cause that `NOMYO_CAUSE` names. At `info` where it is one caller's own \
      key.
      """,
      do: "See [Rate, queue, breaker](operations.md#rate-queue-breaker)."),
    LogMessage(
      "bfa41bc876e9c074e71aab6c9ba5822d",
      "sending again", "notice",
      "Sending goes on.",
      do: "Nothing."),
    LogMessage(
      "7a919b8a82db116124bb5899247dca0c",
      "breaker", "debug",
      "The breaker tried again; nothing has changed.",
      do: "Nothing."),
    LogMessage(
      "8549bce0e40cf64093f2896bc5a87721",
      "exchange", "info, warning",
      "A request that asked the model has ended. At `warning` when it brought no answer.",
      do: """
        For `NOMYO_RESULT` see [What happens to a request that \
        fails](operations.md#what-happens-to-a-request-that-fails).
        """),
    LogMessage(
      "533b606a12d169fd62eb509692c9a63e",
      "request refused", "info, debug",
      "A request was answered with an error before the model was asked.",
      do: "Look up `NOMYO_CODE` in docs/operations.md, under \"Refused before the model is asked\"."),
    LogMessage(
      "e5d642215a94dcab32b8854558f1ad0e",
      "caller gone", "debug",
      "A caller went away before its answer.",
      do: "Nothing."),
    LogMessage(
      "2be7adf5109b39f5a48206baf427165c",
      """
      the router refuses members that it does not document: they are left out for this key and model
      """, "warning",
      "The router took a request only without some of its members.",
      do: "Set `compat.members` to `minimal` to spare the first attempt."),
    LogMessage(
      "f1d5cb9b2d1798c3674c85d653addea9",
      "log entries lost", "warning",
      "The reader of the log did not take entries as fast as they came; `NOMYO_COUNT` of them are missing.",
      do: "Look at what holds journald up, or whoever reads the program's standard error."),
  ]
}
