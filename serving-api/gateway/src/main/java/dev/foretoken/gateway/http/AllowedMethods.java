package dev.foretoken.gateway.http;

import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Which methods the routes take, read from their annotations once: for the header that must go with a 405. */
final class AllowedMethods {

    private static final List<Route> ROUTES = Stream.of(
                    AdaptersResource.class,
                    BatchesResource.class,
                    CompletionsResource.class,
                    EncodersResource.class,
                    FilesResource.class,
                    HealthResource.class,
                    JobsResource.class,
                    MetricsResource.class,
                    ModelsResource.class,
                    OpenInferenceResource.class,
                    RegistryChangesResource.class,
                    RegistryResource.class,
                    ReplicaResource.class,
                    TokenizerResource.class,
                    UploadsResource.class,
                    VersionResource.class)
            .flatMap(resource -> routes(resource).stream())
            .toList();

    private record Route(Pattern path, String method) {}

    private AllowedMethods() {}

    /** As the {@code Allow} header lists them; empty when there is no such path. Where GET is taken HEAD is. */
    static String of(String path) {
        TreeSet<String> methods = new TreeSet<>();
        for (Route route : ROUTES) {
            if (route.path().matcher(path).matches()) {
                methods.add(route.method());
            }
        }
        if (methods.contains(HttpMethod.GET)) {
            methods.add(HttpMethod.HEAD);
        }
        return String.join(", ", methods);
    }

    private static List<Route> routes(Class<?> resource) {
        List<Route> routes = new ArrayList<>();
        for (Method method : resource.getDeclaredMethods()) {
            Arrays.stream(method.getAnnotations())
                    .map(Annotation::annotationType)
                    .flatMap(type -> Optional.ofNullable(type.getAnnotation(HttpMethod.class)).stream())
                    .forEach(found -> routes.add(new Route(
                            pattern(template(resource.getAnnotation(Path.class))
                                    + template(method.getAnnotation(Path.class))),
                            found.value())));
        }
        return routes;
    }

    private static String template(@org.jspecify.annotations.Nullable Path path) {
        return path == null ? "" : path.value();
    }

    /** {@code {name}} is one segment, {@code {name:expression}} what the expression matches. */
    private static Pattern pattern(String template) {
        return Pattern.compile(
                template.replace("//", "/").replaceAll("\\{\\w+:([^}]+)}", "$1").replaceAll("\\{\\w+}", "[^/]+"));
    }
}
