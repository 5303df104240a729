package dev.foretoken.e2e.chaos;

/** How a stream may end. Anything else is a fault of the server. */
enum Ending {
    /** With every token, the last reason and the end mark. */
    ANSWERED,
    /** With an error that has a code and a message, before or after the first token. */
    REASON_GIVEN,
    /** With its connection, because the gateway that held it was killed. */
    GATEWAY_KILLED,
}
