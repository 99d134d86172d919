# Renders documents with Jekyll, as a site with its default configuration does,
# but without smart punctuation. Reads a JSON list of texts, writes a JSON list
# of the HTML; a text that Jekyll refuses gives its message.
require "json"
require "tmpdir"
require "jekyll"

Jekyll.logger.log_level = :error
Dir.mktmpdir do |dir|
  site = Jekyll::Site.new(Jekyll.configuration(
    "source" => dir,
    "destination" => File.join(dir, "_site"),
    "quiet" => true,
    "disable_disk_cache" => true,
    "skip_config_files" => true,
    "kramdown" => {
      "smart_quotes" => "apos,apos,quot,quot",
      "gfm_quirks" => "paragraph_end,no_auto_typographic"
    }
  ))
  markdown = site.find_converter_instance(Jekyll::Converters::Markdown)
  page = { "title" => "My post", "rating" => 5 }
  results = JSON.parse($stdin.read).each_with_index.map do |text, i|
    payload = site.site_payload
    payload["page"] = page
    payload["highlighter_prefix"] = markdown.highlighter_prefix
    payload["highlighter_suffix"] = markdown.highlighter_suffix
    info = { registers: { site: site, page: page } }
    begin
      # Jekyll remembers what it parsed by the file's name.
      markdown.convert(site.liquid_renderer.file("post-#{i}.md").parse(text).render!(payload, info))
    rescue StandardError => e
      "#{e.class}: #{e.message}"
    end
  end
  puts JSON.generate(results)
end
