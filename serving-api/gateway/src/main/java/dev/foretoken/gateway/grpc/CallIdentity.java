package dev.foretoken.gateway.grpc;

import io.grpc.Context;

/** Who makes the current call, as the authentication found out. */
final class CallIdentity {

    static final Context.Key<ReplyMetadata> REPLY = Context.key("reply-metadata");

    static final Context.Key<String> TENANT = Context.key("foretoken-tenant");

    private CallIdentity() {}
}
