{{ define "syntax.more" }}
  {{ .name }}: {{ .top.Values.kind }}
  {{- $loop := "loop" }}
  {{- range $key, $value := .top.Values.map }}
  {{- if kindIs "slice" $value }}
  {{ $key }}: {{ $loop }}{{ len $value }}
  {{- end }}
  {{- end }}
{{- end }}
