# Searches with Ruby's own engine, which is Onigmo: lines as for the example `search` of onigmo-regex.
require "timeout"

$VERBOSE = nil
STDOUT.sync = false

def answer(pattern, text)
  regex = Regexp.new(pattern)
  match = Timeout.timeout(2) { regex.match(text) }
  return "none" if match.nil?

  (0...match.size).map do |group|
    first = match.begin(group)
    next "-" if first.nil?

    start = text[0...first].bytesize
    "#{start}:#{start + match[group].bytesize}"
  end.join(" ")
rescue Timeout::Error
  "limit"
rescue RegexpError
  # Some patterns are found to be invalid when they are used.
  "invalid"
end

STDIN.each_line(chomp: true) do |line|
  pattern, text = line.split(" ", 2).map { |hex| [hex].pack("H*").force_encoding("UTF-8") }
  puts answer(pattern, text || "")
end
