# Reads a list of Markdown texts as Jekyll does, Liquid first, as on GitHub Pages.
require "jekyll"
require "json"

Jekyll.logger.log_level = :error
site = Jekyll::Site.new(Jekyll.configuration("quiet" => true, "safe" => true))
converter = site.find_converter_instance(Jekyll::Converters::Markdown)
puts JSON.generate(JSON.parse(STDIN.read).map { |text| converter.convert(Liquid::Template.parse(text).render!) })
