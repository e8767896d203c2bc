import Foundation
import PackagePlugin

/// Runs `embed-assets` over a target's `Assets` folder whenever one of its files has changed.
@main
struct EmbedAssets: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
    let folder = target.directoryURL.appending(path: "Assets")
    let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedAssets.swift")
    // Plain files only: what an editor or a file browser leaves behind is no asset.
    let files = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil, options: [.skipsHiddenFiles]
    )
    .filter { !$0.hasDirectoryPath && !$0.lastPathComponent.hasSuffix("~") }
    .sorted { $0.lastPathComponent < $1.lastPathComponent }
    return [
      .buildCommand(
        displayName: "Embedding \(files.count) assets",
        executable: try context.tool(named: "embed-assets").url,
        arguments: [output.path(percentEncoded: false)]
          + files.map { $0.path(percentEncoded: false) },
        inputFiles: files, outputFiles: [output])
    ]
  }
}
