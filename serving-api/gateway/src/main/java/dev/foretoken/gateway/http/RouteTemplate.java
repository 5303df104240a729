package dev.foretoken.gateway.http;

import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Path;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jboss.resteasy.reactive.server.SimpleResourceInfo;

/** Remembers which route a request matched, as written in its {@code @Path}: the label of metrics. */
@Singleton
public final class RouteTemplate {

    private static final String KEY = RouteTemplate.class.getName();
    private static final String UNMATCHED = "unmatched";

    private final ConcurrentHashMap<Class<?>, ConcurrentHashMap<String, String>> templates = new ConcurrentHashMap<>();

    @ServerRequestFilter
    public void matched(SimpleResourceInfo info, RoutingContext routing) {
        routing.put(
                KEY,
                templates
                        .computeIfAbsent(info.getResourceClass(), c -> new ConcurrentHashMap<>())
                        .computeIfAbsent(info.getMethodName(), name -> template(info.getResourceClass(), name)));
    }

    private static String template(Class<?> resource, String method) {
        String own = Arrays.stream(resource.getMethods())
                .filter(m -> m.getName().equals(method))
                .findFirst()
                .map(RouteTemplate::path)
                .orElse("");
        return Optional.ofNullable(resource.getAnnotation(Path.class))
                        .map(Path::value)
                        .orElse("")
                + own;
    }

    private static String path(Method method) {
        return Optional.ofNullable(method.getAnnotation(Path.class))
                .map(Path::value)
                .orElse("");
    }

    static String of(RoutingContext routing) {
        String template = routing.get(KEY);
        return template == null ? UNMATCHED : template;
    }
}
