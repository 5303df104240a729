package dev.foretoken.gateway.http;

import io.vertx.core.Context;
import io.vertx.core.Vertx;

/** By which port a request came in. It is a property of the connection, which nothing in a request can change. */
enum Listener {
    /** Callers' port: answers, and what the registry holds. */
    PUBLIC,
    /** Operators' port: what the registry holds, and changes to it. */
    ADMIN,
    ;

    /** What the registry's routes begin with. */
    static final String REGISTRY = "/registry/";
    /** What routes for operators alone begin with. */
    static final String OPERATORS = "/admin/";

    private static final String KEY = Listener.class.getName();

    /** Marks the request whose context is current. */
    void mark() {
        Vertx.currentContext().putLocal(KEY, this);
    }

    /** Of the request whose context is current; PUBLIC unless it was marked. */
    static Listener current() {
        Context context = Vertx.currentContext();
        Listener marked = context == null ? null : context.getLocal(KEY);
        return marked == null ? PUBLIC : marked;
    }
}
