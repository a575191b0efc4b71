import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import @group@.common.settings.Settings;
import @group@.http.HttpServerTransport;
import @group@.node.InternalSettingsPreparer;
import @group@.node.Node;
import @group@.transport.Netty4Plugin;

/** A node of one: StartNode DATA_FOLDER [setting=value ...], until standard input ends or a signal comes. */
public final class StartNode extends Node {
    private StartNode(Settings settings) {
        super(
            InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), null, () -> "node"),
            List.of(Netty4Plugin.class),
            false);
    }

    public static void main(String[] arguments) throws Exception {
        Path data = Path.of(arguments[0]).toAbsolutePath();
        Files.createDirectories(data.resolve("config"));
        Files.deleteIfExists(data.resolve("url"));
        Settings.Builder settings = Settings.builder()
            .put("path.home", data.toString())
            .put("path.data", data.resolve("data").toString())
            .put("path.logs", data.resolve("logs").toString())
            .put("cluster.name", "test")
            .put("discovery.type", "single-node")
            .put("network.host", "127.0.0.1")
            .put("http.port", "0")
            .put("transport.port", "0")
            .put("http.type", "netty4")
            .put("transport.type", "netty4")
            // A full disk of the machine is no reason to refuse a few documents.
            .put("cluster.routing.allocation.disk.threshold_enabled", "false");
        for (String argument : List.of(arguments).subList(1, arguments.length)) {
            String[] setting = argument.split("=", 2);
            settings.put(setting[0], setting[1]);
        }
        StartNode node = new StartNode(settings.build());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                node.close();
                node.awaitClose(20, TimeUnit.SECONDS);
            } catch (IOException | InterruptedException failure) {
                failure.printStackTrace();
            }
        }));
        node.start();
        node.client().admin().cluster().prepareHealth().setWaitForYellowStatus().setTimeout("30s").get();
        int port = node.injector().getInstance(HttpServerTransport.class).boundAddress().publishAddress().getPort();
        String url = "http://127.0.0.1:" + port;
        Files.writeString(data.resolve("url"), url + "\n");
        System.out.println("READY " + url);
        // A caller that dies closes the pipe, and the server goes with it.
        while (System.in.read() >= 0) {}
        System.exit(0);
    }
}
