package dev.foretoken.gateway.grpc;

import dev.foretoken.contract.request.Priority;
import dev.foretoken.contract.request.TraceParent;
import dev.foretoken.gateway.rollout.RolloutCall;
import dev.foretoken.gateway.tenant.Tenant;
import io.grpc.Context;
import org.jspecify.annotations.Nullable;

/** Who makes the current call, as the authentication found out. */
final class CallIdentity {

    static final Context.Key<ReplyMetadata> REPLY = Context.key("reply-metadata");

    static final Context.Key<Tenant> TENANT = Context.key("foretoken-tenant");

    /** Of the call's metadata; null = not said. */
    static final Context.Key<@Nullable Priority> PRIORITY = Context.key("foretoken-priority");

    /** Metadata of the call by name. */
    static final Context.Key<RolloutCall.Headers> HEADERS = Context.key("foretoken-headers");

    static final Context.Key<TraceParent> CAUSE = Context.keyWithDefault("traceparent", TraceParent.NONE);

    private CallIdentity() {}
}
