{{- define "missing.text" -}}
{{ .name }}={{ .value }}{{ with .more }}!{{ end }}
{{- end }}
