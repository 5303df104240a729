package dev.foretoken.gateway.http;

import io.quarkus.resteasy.reactive.server.runtime.ResteasyReactiveRecorder;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jboss.resteasy.reactive.server.handlers.ClassRoutingHandler;

/** What the framework routes, from its own table: methods by path template. */
final class RoutingTable {

    private RoutingTable() {}

    static Map<String, TreeSet<String>> templates() {
        Map<String, TreeSet<String>> routes = new TreeMap<>();
        for (var resource : ResteasyReactiveRecorder.getCurrentDeployment().getClassMappers()) {
            for (var handler : resource.value.handlers) {
                if (handler instanceof ClassRoutingHandler routing) {
                    routing.getMappers()
                            .forEach((method, mapper) -> mapper.getTemplates()
                                    .forEach(path -> routes.computeIfAbsent(
                                                    join(resource.template.template, path.template.template),
                                                    p -> new TreeSet<>())
                                            .add(String.valueOf(method))));
                }
            }
        }
        return routes;
    }

    private static String join(String resource, String method) {
        String path = (resource + "/" + method).replaceAll("/+", "/").replaceAll("\\{(\\w+):[^/]*}", "{$1}");
        return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }
}
