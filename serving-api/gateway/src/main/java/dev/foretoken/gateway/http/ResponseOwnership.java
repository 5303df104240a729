package dev.foretoken.gateway.http;

import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jboss.resteasy.reactive.server.spi.ResteasyReactiveContainerRequestContext;

/**
 * Leaves every response to {@link Exchange}. Without this the framework would, when the head is written, put its own idea of the status and
 * content type (those of a method that returns nothing: 204, none) over ours.
 */
public final class ResponseOwnership {

    @ServerRequestFilter(preMatching = true)
    public void take(ResteasyReactiveContainerRequestContext context) {
        context.getServerRequestContext().serverResponse().setPreCommitListener(ignored -> {});
    }
}
